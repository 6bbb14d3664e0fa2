import { startSshd } from '../../support/debian-programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const sshd: ZooProgram = {
  name: 'sshd',
  commands: ['sshd', 'ssh-keygen'],
  needsRoot: true,
  truth: STILL,
  about: 'nothing',
  start: (keep) => keep(startSshd()),
};
