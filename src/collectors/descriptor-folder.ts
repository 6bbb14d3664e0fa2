import { parseProcStat, type ProcStat } from '../core/parse/proc-stat.ts';
import type { Procfs } from '../os/procfs.ts';

/**
 * Where /proc lists the open descriptors of a process. Of one whose first thread has ended it lists none for the process, though the
 * others still hold them, so another thread is asked.
 */
export function descriptorFolder(
  procfs: Procfs,
  pid: number,
  stat: ProcStat | null = statOf(procfs, pid),
): string {
  const isLeaderGone = stat !== null && stat.state === 'Z' && stat.threads > 1;
  const tid = isLeaderGone ? procfs.list(`${pid}/task`)?.find((name) => name !== `${pid}`) : undefined;
  return tid === undefined ? `${pid}/fd` : `${pid}/task/${tid}/fd`;
}

function statOf(procfs: Procfs, pid: number): ProcStat | null {
  const text = procfs.read(`${pid}/stat`);
  return text === null ? null : parseProcStat(text);
}
