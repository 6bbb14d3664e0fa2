import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Fault } from '../fault.ts';
import { needsTrace, traceFoldersOf } from '../trace-instances.ts';

export const traceStolen: Fault = {
  name: 'trace-stolen',
  says: "another process reads from the watchdog's trace, and so takes records away",
  unavailable: needsTrace,
  lasts: true,
  moments: ['before', 'during'],
  strike: ({ scene, watchdog }) => {
    for (const folder of traceFoldersOf(watchdog)) {
      const thief = spawn('cat', [join(folder, 'trace_pipe')], { stdio: 'ignore' });
      const ended = once(thief, 'exit');
      scene.helpers.push({
        stop: async () => {
          if (thief.kill('SIGKILL')) await ended;
        },
      });
    }
  },
};
