import { join } from 'node:path';
import { startNginx, startWatch } from '../../support/debian-programs.ts';
import { notedTimes, NOTES_TIME } from '../noted-times.ts';
import { STILL, type ZooProgram } from '../program.ts';

export const watchCurl: ZooProgram = {
  name: 'watch -n 5 curl',
  commands: ['watch', 'script', 'date', 'curl', 'nginx'],
  truth: {
    ...STILL,
    network: { everySeconds: 5 },
    spawns: { everySeconds: 5 },
    timers: { everySeconds: 5 },
  },
  about: 'a process every five seconds that asks a web server and ends',
  start: async (keep) => {
    const { port } = await keep(startNginx());
    const command = `${NOTES_TIME}; curl -s http://127.0.0.1:${port}/`;
    const { pid, folder } = await keep(startWatch(command, 5));
    return {
      pid,
      calls: { protocol: 'tcp', port },
      startedAtMs: notedTimes(join(folder, 'times')),
    };
  },
};
