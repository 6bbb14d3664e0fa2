import type { ProcStat } from '../core/parse/proc-stat.ts';
import type { WatchedProcess } from '../model/process.ts';
import { hasEnded, isReparented, type ProcessLookup } from './process-table.ts';
import type { Belonging } from './registry.ts';
import { readCgroups } from './select/by-cgroup.ts';
import type { Surroundings } from './surroundings.ts';
import type { TargetState } from './target-state.ts';

/** With the processes of the moment. */
type AtThisMoment = Surroundings & { table: ProcessLookup };

/** The target that a process belongs to, and by what; null when it belongs to none. */
export function findBelonging(around: AtThisMoment, stat: ProcStat): Belonging | null {
  const { guard, targets } = around;
  const parent = known(around, stat.parentPid, stat);
  if (parent !== null) {
    const isFollowed = targets.get(parent.target)?.tree === true;
    return isFollowed ? { target: parent.target, parentId: parent.id, membership: 'child' } : null;
  }
  if (guard.isAdopted(stat)) {
    const target = ownerOfSession(around, stat)?.target ?? firstCommand(targets);
    return target === null ? null : { target, parentId: null, membership: 'adopted' };
  }
  const belonging = belongingBySession(around, stat) ?? belongingByCgroup(around, stat);
  // The watchdog itself can be in the target's session or cgroup.
  const isRefused = belonging !== null && !hasEnded(stat) && guard.refusal(around.table, stat) !== null;
  return isRefused ? null : belonging;
}

function belongingBySession(around: AtThisMoment, stat: ProcStat): Belonging | null {
  const owner = ownerOfSession(around, stat);
  if (owner === null || around.targets.get(owner.target)?.tree !== true) return null;
  return { target: owner.target, parentId: null, membership: 'session' };
}

/**
 * Whose session, or process group, it is. Sessions are inherited and can only be left: whatever is in the session of a
 * watched leader descends from that leader. A process group can be joined by a sibling (a pipeline of the shell), so
 * there the process must have lost its own parent, too.
 */
function ownerOfSession(around: AtThisMoment, stat: ProcStat): WatchedProcess | null {
  const { pid, sessionId, groupId } = stat;
  const leader = sessionId === pid ? null : known(around, sessionId, stat);
  if (leader !== null) return leader;
  return groupId !== pid && isReparented(around.table, stat) ? known(around, groupId, stat) : null;
}

/** The watched process of that pid, alive or ended, unless its pid has gone to another one since. */
function known({ registry, table }: AtThisMoment, pid: number, descendant: ProcStat): WatchedProcess | null {
  const process = registry.latest(pid);
  if (process === undefined || process.startTicks > descendant.startTicks) return null;
  if (registry.alive(pid) === process) return process;
  const now = table.get(pid);
  return now === undefined || now.startTicks === process.startTicks ? process : null;
}

function belongingByCgroup({ procfs, targets }: Surroundings, stat: ProcStat): Belonging | null {
  const byCgroup = [...targets.values()].filter(({ tree, cgroup }) => tree && cgroup !== null);
  if (byCgroup.length === 0) return null;
  const paths = readCgroups(procfs, stat.pid);
  const found = byCgroup.find(({ cgroup }) => cgroup?.(paths) === true);
  return found === undefined ? null : { target: found.name, parentId: null, membership: 'cgroup' };
}

function firstCommand(targets: ReadonlyMap<string, TargetState>): string | null {
  return [...targets.values()].find(({ isCommand, tree }) => isCommand && tree)?.name ?? null;
}
