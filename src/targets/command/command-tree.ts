import type { ProcStat } from '../../core/parse/proc-stat.ts';
import type { ProcessKey } from '../../model/process.ts';
import type { Procfs } from '../../os/procfs.ts';
import { reap } from '../../os/subreaper.ts';
import { Guard } from '../guard.ts';
import { ancestors, hasEnded, readTable } from '../process-table.ts';

/** Every command that this process has started: what comes to it as subreaper comes from one of them. */
const startedCommands: ProcessKey[] = [];

/** To be called for each command that was started. */
export function noteStarted({ pid, startTicks }: ProcessKey): void {
  startedCommands.push({ pid, startTicks });
}

/**
 * What runs below these processes, they themselves included, and below those that came to us as subreaper. Of the
 * latter, those that have ended are collected on the way.
 */
export function readCommandTree(procfs: Procfs, roots: readonly ProcessKey[]): ProcStat[] {
  const table = readTable(procfs);
  const guard = new Guard(table, process.pid, startedCommands);
  const starts = new Map(roots.map(({ pid, startTicks }) => [pid, startTicks]));
  const isRoot = (stat: ProcStat): boolean =>
    starts.get(stat.pid) === stat.startTicks || guard.isAdopted(stat);
  const running: ProcStat[] = [];
  for (const stat of table.values()) {
    if (!isRoot(stat) && ![...ancestors(table, stat.pid)].some(isRoot)) continue;
    if (!hasEnded(stat)) running.push(stat);
    else if (guard.isAdopted(stat)) reap(stat.pid);
  }
  return running;
}
