import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Fault } from '../fault.ts';

export const busyHost: Fault = {
  name: 'busy-host',
  says: 'as many processes as the host has CPUs, and two more, compute without end, at a lower priority',
  isAlone: true,
  windowSeconds: 8,
  moments: ['during'],
  setUp: ({ helpers }) => {
    for (let nth = 0; nth < availableParallelism() + 2; nth += 1) {
      const burner: ChildProcess = spawn('nice', ['-n', '19', 'python3', '-c', 'while True: pass'], {
        stdio: 'ignore',
      });
      const ended = once(burner, 'exit');
      helpers.push({
        stop: async () => {
          if (burner.kill('SIGKILL')) await ended;
        },
      });
    }
  },
};
