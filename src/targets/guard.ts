import type { ProcStat } from '../core/parse/proc-stat.ts';
import { ancestors, hasEnded, isKernelThread, type ProcessTable } from './process-table.ts';

/**
 * Keeps the watchdog away from itself: it, its subtree (but for commands that it started) and its launchers (npx, sudo,
 * the shell) are never part of a target.
 */
export class Guard {
  readonly selfPid: number;
  readonly #launchers: ReadonlySet<number>;
  readonly #commandPids: ReadonlySet<number>;
  readonly #selfSession: number;

  constructor(table: ProcessTable, selfPid: number, commandPids: ReadonlySet<number>) {
    this.selfPid = selfPid;
    this.#commandPids = commandPids;
    this.#launchers = new Set([...ancestors(table, selfPid)].map(({ pid }) => pid).filter((pid) => pid !== 1));
    this.#selfSession = table.get(selfPid)?.sessionId ?? 0;
  }

  /** Why a process cannot belong to a target; null when it can. */
  refusal(table: ProcessTable, stat: ProcStat): string | null {
    if (stat.pid === 1) return 'pid 1 is the parent of everything on this machine';
    if (isKernelThread(stat)) return 'it is a thread of the kernel';
    if (hasEnded(stat)) return 'it has ended and waits for its parent to notice';
    if (stat.pid === this.selfPid) return 'it is the watchdog itself';
    if (this.#launchers.has(stat.pid)) return 'it launched the watchdog';
    if (this.isOwn(table, stat)) return 'the watchdog started it';
    return null;
  }

  /** A descendant of the watchdog that does not come from a command that it started. */
  isOwn(table: ProcessTable, stat: ProcStat): boolean {
    if (this.#commandPids.has(stat.pid) || this.isAdopted(stat)) return false;
    for (const ancestor of ancestors(table, stat.pid)) {
      if (this.#commandPids.has(ancestor.pid) || this.isAdopted(ancestor)) return false;
      if (ancestor.pid === this.selfPid) return true;
    }
    return false;
  }

  /**
   * A child that came to the watchdog as subreaper. A command is started in a session of its own, so that none of its
   * descendants can ever be in the watchdog's session, and the watchdog's other children always are.
   */
  isAdopted({ pid, parentPid, sessionId }: ProcStat): boolean {
    return (
      this.#commandPids.size > 0 &&
      parentPid === this.selfPid &&
      sessionId !== this.#selfSession &&
      !this.#commandPids.has(pid)
    );
  }
}
