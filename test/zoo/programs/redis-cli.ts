import { startRedis } from '../../support/debian-programs.ts';
import { startProgram } from '../../support/programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const redisCli: ZooProgram = {
  name: 'redis-cli -i 10',
  commands: ['redis-server', 'redis-cli'],
  truth: { ...STILL, network: { everySeconds: 10 }, timers: { everySeconds: 10 } },
  about: 'a PING every ten seconds, on one connection',
  start: async (keep) => {
    const { port } = await keep(startRedis());
    const argv = `redis-cli -h 127.0.0.1 -p ${port} -r -1 -i 10 PING`.split(' ');
    const { pid } = await keep(startProgram(() => argv, [], null));
    return { pid, calls: { protocol: 'tcp', port } };
  },
};
