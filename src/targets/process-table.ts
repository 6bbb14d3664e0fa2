import { KERNEL_THREAD, parseProcStat, type ProcStat } from '../core/parse/proc-stat.ts';
import type { Procfs } from '../os/procfs.ts';

/** All processes at one moment, by pid. */
export type ProcessTable = ReadonlyMap<number, ProcStat>;

/** Processes by pid, where it does not matter whether they are all known already or read when asked for. */
export type ProcessLookup = Pick<ProcessTable, 'get'>;

/** Reads every process that may be seen. */
export function readTable(procfs: Procfs): ProcessTable {
  const table = new Map<number, ProcStat>();
  for (const pid of procfs.pids()) {
    const stat = readStat(procfs, pid);
    if (stat !== null) table.set(pid, stat);
  }
  return table;
}

/** Processes that are read when they are asked for, once. */
export function lazyTable(procfs: Procfs, known: ProcessTable): ProcessLookup {
  const stats = new Map<number, ProcStat | null>(known);
  return {
    get: (pid) => {
      let stat = stats.get(pid);
      if (stat === undefined) {
        stat = readStat(procfs, pid);
        stats.set(pid, stat);
      }
      return stat ?? undefined;
    },
  };
}

/** One process; null when it is gone, or hidden from us (proc mounted with hidepid). */
export function readStat(procfs: Procfs, pid: number): ProcStat | null {
  const text = permitted(() => procfs.read(`${pid}/stat`));
  return text === null ? null : parseProcStat(text);
}

/** Null instead of the error, where reading is not permitted: for facts that may stay unknown. */
export function permitted<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM') return null;
    throw error;
  }
}

/** Ended, and kept only until its parent asks. A leader that ended before its threads is a zombie that still runs. */
export function hasEnded({ state, threads }: ProcStat): boolean {
  return state === 'X' || (state === 'Z' && threads <= 1);
}

/** Whether the kernel made it for itself: it runs no program. */
export function isKernelThread({ flags }: ProcStat): boolean {
  return (flags & KERNEL_THREAD) !== 0;
}

/** The parents of a process, nearest first, as far as the table knows them. */
export function* ancestors(table: ProcessLookup, pid: number): Generator<ProcStat> {
  const met = new Set([pid]);
  for (let stat = table.get(pid); stat !== undefined; ) {
    const parent = table.get(stat.parentPid);
    if (parent === undefined || met.has(parent.pid)) return;
    met.add(parent.pid);
    yield parent;
    stat = parent;
  }
}

/**
 * Whether a process was handed over to another parent when its own ended. A child is born into its parent's session, and
 * leaves it only as the leader of a new one: so a member of a session that its parent is not in has lost its parent.
 */
export function isReparented(table: ProcessLookup, { pid, parentPid, sessionId }: ProcStat): boolean {
  if (parentPid === 1) return true;
  const parent = table.get(parentPid);
  if (parent === undefined) return false;
  return sessionId !== pid ? parent.sessionId !== sessionId : parent.name === 'systemd';
}
