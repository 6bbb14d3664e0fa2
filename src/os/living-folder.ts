import { parseProcStat, type ProcStat } from '../core/parse/proc-stat.ts';
import type { Procfs } from './procfs.ts';

/**
 * The folder of /proc that shows what a process has and runs (open files, memory, program, arguments, namespaces): of one whose first
 * thread has ended its own shows none of it, though the others go on with it, so it is that of another thread.
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

/** Null also where it may not be read (proc mounted with hidepid): whoever reads the folder is told so. */
function statOf(procfs: Procfs, pid: number): ProcStat | null {
  try {
    const text = procfs.read(`${pid}/stat`);
    return text === null ? null : parseProcStat(text);
  } catch {
    return null;
  }
}
