import { redactCmdline } from '../../core/parse/cmdline.ts';
import type { ProcStat } from '../../core/parse/proc-stat.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Orphan } from '../../model/target.ts';
import type { Procfs } from '../../os/procfs.ts';
import type { Guard } from '../guard.ts';
import { readArguments, readManagerPath, readName } from '../process-info.ts';
import { hasEnded, isReparented, type ProcessLookup, readStat } from '../process-table.ts';
import type { TargetState } from '../target-state.ts';

export interface Around {
  procfs: Procfs;
  guard: Guard;
  table: ProcessLookup;
}

/**
 * Processes that appeared while a target ran, that nobody watched has for a child, and whose descent cannot be told: a daemon that
 * forked twice between two looks, or a child made with CLONE_PARENT. They may be the target's; who they are is said, and nothing is
 * accepted over their heads. A started command, and a target that is a cgroup, have no strangers: their own are known.
 */
export function findStrangers(
  around: Around,
  newcomers: readonly ProcStat[],
  targets: readonly TargetState[],
): void {
  const open = targets.filter(hasStrangers);
  if (open.length === 0) return;
  for (const stat of newcomers) {
    if (hasEnded(stat) || around.guard.refusal(around.table, stat) !== null) continue;
    for (const target of open) {
      const reason = [...target.roots]
        .map((root) => whySuspect(around, stat, root))
        .find((why) => why !== null);
      if (reason != null) target.noteOrphans([describe(around.procfs, stat, reason)]);
    }
  }
}

/** Whose tree is followed, but not known to be all that belongs to it. */
export function hasStrangers({ tree, isCommand, cgroup }: TargetState): boolean {
  return tree && !isCommand && cgroup === null;
}

function whySuspect({ procfs, table }: Around, stat: ProcStat, root: WatchedProcess): string | null {
  // A service manager that put it elsewhere knows better where it comes from.
  if (readManagerPath(procfs, stat.pid) !== readManagerPath(procfs, root.pid)) return null;
  if (isReparented(table, stat)) return 'it appeared while the target ran, and its parent is gone';
  const group = readStat(procfs, root.pid)?.groupId;
  const isSibling = stat.parentPid === root.parentPid && stat.sessionId === root.sessionId;
  return isSibling && stat.groupId === group && stat.groupId !== stat.pid
    ? "it appeared while the target ran, in the target's process group and under the same parent"
    : null;
}

/** A process outside of a target's trees, with why it may belong to the target all the same. */
export function describe(procfs: Procfs, stat: ProcStat, reason: string): Orphan {
  const { pid } = stat;
  const cmdline = redactCmdline(readArguments(procfs, pid));
  return { pid, name: readName(procfs, stat), cmdline, reason, appeared: true };
}
