import { startProgram } from '../../support/programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const dbus: ZooProgram = {
  name: 'dbus-daemon',
  commands: ['dbus-daemon'],
  truth: STILL,
  about: 'nothing',
  start: (keep) =>
    keep(
      startProgram(
        (folder) => ['dbus-daemon', '--session', '--nofork', `--address=unix:path=${folder}/bus`],
        [],
        null,
      ),
    ),
};
