import { parseProcStat, type ProcStat } from '../core/parse/proc-stat.ts';
import type { Procfs } from '../os/procfs.ts';

/**
 * The folder of /proc that shows the memory and the open files of a process: of one whose first thread has ended its own shows
 * neither, though the others go on with both, so it is that of another thread.
 */
export function livingFolder(
  procfs: Procfs,
  pid: number,
  stat: ProcStat | null = statOf(procfs, pid),
): string {
  const isLeaderGone = stat !== null && stat.state === 'Z' && stat.threads > 1;
  const tid = isLeaderGone ? procfs.list(`${pid}/task`)?.find((name) => name !== `${pid}`) : undefined;
  return tid === undefined ? `${pid}` : `${pid}/task/${tid}`;
}

function statOf(procfs: Procfs, pid: number): ProcStat | null {
  const text = procfs.read(`${pid}/stat`);
  return text === null ? null : parseProcStat(text);
}
