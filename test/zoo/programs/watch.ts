import { join } from 'node:path';
import { startWatch } from '../../support/debian-programs.ts';
import { STILL, type ZooProgram } from '../program.ts';
import { notedTimes, NOTES_TIME } from '../noted-times.ts';

export const watch: ZooProgram = {
  name: 'watch -n 2',
  commands: ['watch', 'script', 'date'],
  truth: { ...STILL, spawns: { everySeconds: 2 }, timers: { everySeconds: 2 } },
  about: 'forks every two seconds, and the fork starts a shell, which starts date',
  start: async (keep) => {
    const { pid, folder } = await keep(startWatch(NOTES_TIME));
    return { pid, startedAtMs: notedTimes(join(folder, 'times')) };
  },
};
