import { spawnSync } from 'node:child_process';
import type { Fault } from '../fault.ts';

/** Half of what it has: what it closes now it cannot open again. */
const TAKE = `
import os, resource, sys
pid = int(sys.argv[1])
soft, hard = resource.prlimit(pid, resource.RLIMIT_NOFILE)
half = len(os.listdir(f'/proc/{pid}/fd')) // 2
resource.prlimit(pid, resource.RLIMIT_NOFILE, (half if sys.argv[2] == 'take' else hard, hard))
`;

function limit(pid: number, how: 'take' | 'give'): void {
  const { status, stderr } = spawnSync('python3', ['-c', TAKE, `${pid}`, how], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`prlimit(2): ${stderr}`);
}

export const descriptorsExhausted: Fault = {
  name: 'descriptors-exhausted',
  says: 'the watchdog can open no more files or sockets for 1.5 s',
  holdMs: 1_500,
  strike: async ({ scene, watchdog }) => {
    limit(watchdog.pid, 'take');
    await scene.driver.run('pass');
  },
  undo: ({ watchdog }) => limit(watchdog.pid, 'give'),
};
