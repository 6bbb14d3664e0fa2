import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessKey } from '../../model/process.ts';
import { Procfs } from '../../os/procfs.ts';
import { readCommandTree } from './command-tree.ts';
import type { StartedCommand } from './started-command.ts';

/** So long a command has to end by itself when it is asked to (SIGTERM); then it is killed. */
export const STOP_GRACE_MS = 10_000;
const POLL_MS = 20;
const TERM_GRACE_MS = 1_000;
const KILL_GRACE_MS = 2_000;

/** Asks the main process to end, and kills it after the grace time. Its children are left to it: that is what is tested. */
export async function terminate(command: StartedCommand, graceMs: number): Promise<{ killed: boolean }> {
  if (command.exited() !== null) return { killed: false };
  command.signal('SIGTERM');
  const timer = new AbortController();
  const inTime = command.exit.then(() => true);
  const tooLate = sleep(graceMs, false, { signal: timer.signal }).catch(() => false);
  const ended = await Promise.race([inTime, tooLate]);
  timer.abort();
  if (ended) return { killed: false };
  command.signal('SIGKILL');
  await command.exit;
  return { killed: true };
}

/**
 * Ends what is left of a command's tree: these processes, their descendants, and whatever has come to us as subreaper;
 * first asks, then kills. To be called when all commands have been terminated. Resolves when none of them is left, or they do not even go when killed.
 */
export async function sweep(processes: readonly ProcessKey[]): Promise<void> {
  const procfs = new Procfs();
  if ((await end(procfs, processes, 'SIGTERM', TERM_GRACE_MS)) === 0) return;
  await end(procfs, processes, 'SIGKILL', KILL_GRACE_MS);
}

/** Signals each process once, those that turn up meanwhile too, until all are gone; returns how many are not. */
async function end(
  procfs: Procfs,
  processes: readonly ProcessKey[],
  signal: 'SIGTERM' | 'SIGKILL',
  graceMs: number,
): Promise<number> {
  const signalled = new Set<string>();
  const limitMs = performance.now() + graceMs;
  for (;;) {
    const left = readCommandTree(procfs, processes);
    for (const { pid, startTicks } of left) {
      const key = `${pid}:${startTicks}`;
      if (!signalled.has(key)) kill(pid, signal);
      signalled.add(key);
    }
    if (left.length === 0 || performance.now() >= limitMs) return left.length;
    await sleep(POLL_MS);
  }
}

function kill(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already, or not ours to signal: the next look tells.
  }
}
