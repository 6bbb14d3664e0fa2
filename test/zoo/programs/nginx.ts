import { startNginx } from '../../support/debian-programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const nginx: ZooProgram = {
  name: 'nginx',
  commands: ['nginx'],
  truth: STILL,
  about: 'nothing',
  start: (keep) => keep(startNginx()),
};
