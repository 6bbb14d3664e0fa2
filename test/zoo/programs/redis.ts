import { startRedis } from '../../support/debian-programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const redis: ZooProgram = {
  name: 'redis-server',
  commands: ['redis-server'],
  truth: { ...STILL, timers: { everySeconds: 0.1 } },
  about: 'wakes ten times a second (hz 10)',
  start: (keep) => keep(startRedis()),
};
