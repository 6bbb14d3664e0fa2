import { startMemcached } from '../../support/debian-programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const memcached: ZooProgram = {
  name: 'memcached',
  commands: ['memcached'],
  needsRoot: true,
  truth: { ...STILL, timers: { everySeconds: 1 } },
  about: 'two threads wake every second',
  start: (keep) => keep(startMemcached()),
};
