import { startRedis, startReplica } from '../../support/debian-programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const redisMaster: ZooProgram = {
  name: 'redis master',
  commands: ['redis-server'],
  truth: { ...STILL, timers: { everySeconds: 0.1 } },
  about: 'is told something every second and answers on the connection that its replica opened',
  start: async (keep) => {
    const { pid, port } = await keep(startRedis());
    await keep(startReplica(port));
    return { pid };
  },
};
