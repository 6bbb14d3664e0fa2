import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProgram } from '../../support/programs.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const tail: ZooProgram = {
  name: 'tail -f',
  commands: ['tail'],
  truth: STILL,
  about: 'nothing: inotify tells it',
  start: (keep) =>
    keep(
      startProgram(
        (folder) => {
          const path = join(folder, 'log');
          writeFileSync(path, 'a line\n');
          return ['tail', '-f', path];
        },
        [],
        null,
      ),
    ),
};
