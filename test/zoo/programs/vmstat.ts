import { startProgram } from '../../support/programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const vmstat: ZooProgram = {
  name: 'vmstat 3',
  commands: ['vmstat'],
  truth: { ...STILL, timers: { everySeconds: 3 } },
  about: 'a line every three seconds',
  start: (keep) => keep(startProgram(() => ['vmstat', '3'], [], null)),
};
