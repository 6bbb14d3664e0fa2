import { startRedis, startReplica } from '../../support/debian-programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const redisReplica: ZooProgram = {
  name: 'redis replica',
  commands: ['redis-server'],
  // Both ends ask the kernel to keep the connection alive, every 100 s: not in a minute.
  truth: { ...STILL, network: { everySeconds: 1 }, timers: { everySeconds: 0.1 } },
  about: 'acknowledges to its master every second, on one connection',
  start: async (keep) => {
    const { port } = await keep(startRedis());
    const { pid } = await keep(startReplica(port));
    return { pid, calls: { protocol: 'tcp', port } };
  },
};
