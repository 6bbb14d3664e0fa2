import { startRedis, startSentinel } from '../../support/debian-programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const redisSentinel: ZooProgram = {
  name: 'redis-sentinel',
  commands: ['redis-server', 'redis-sentinel'],
  truth: { ...STILL, network: { everySeconds: 1 }, timers: 'irregular' },
  about: 'asks the server that it guards every second, and says something every two, on two connections',
  start: async (keep) => {
    const { port } = await keep(startRedis());
    const { pid } = await keep(startSentinel(port));
    return { pid, calls: { protocol: 'tcp', port }, isMixed: true };
  },
};
