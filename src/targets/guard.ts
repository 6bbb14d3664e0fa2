import type { ProcStat } from '../core/parse/proc-stat.ts';
import type { ProcessKey } from '../model/process.ts';
import { ancestors, hasEnded, isKernelThread, type ProcessLookup } from './process-table.ts';

/**
 * Keeps the watchdog away from itself: it, its subtree (but for commands that it started) and its launchers (npx, sudo,
 * the shell) are never part of a target.
 */
export class Guard {
  readonly selfPid: number;
  readonly #launchers: ReadonlySet<number>;
  readonly #commands: readonly ProcessKey[];
  readonly #firstCommandTicks: number;
  readonly #selfSession: number;

  /** `commands` are the main processes of the commands that the watchdog started, ended ones included. */
  constructor(table: ProcessLookup, selfPid: number, commands: readonly ProcessKey[]) {
    this.selfPid = selfPid;
    this.#commands = commands;
    this.#firstCommandTicks = Math.min(...commands.map(({ startTicks }) => startTicks));
    this.#launchers = new Set(
      [...ancestors(table, selfPid)].map(({ pid }) => pid).filter((pid) => pid !== 1),
    );
    this.#selfSession = table.get(selfPid)?.sessionId ?? 0;
  }

  /** Why a process cannot belong to a target; null when it can. */
  refusal(table: ProcessLookup, stat: ProcStat): string | null {
    if (stat.pid === 1) return 'pid 1 is the parent of everything on this machine';
    if (isKernelThread(stat)) return 'it is a thread of the kernel';
    if (hasEnded(stat)) return 'it has ended and waits for its parent to notice';
    if (stat.pid === this.selfPid) return 'it is the watchdog itself';
    if (this.#launchers.has(stat.pid)) return 'it launched the watchdog';
    if (this.#isOwn(table, stat)) return 'the watchdog started it';
    return null;
  }

  /**
   * A child that came to the watchdog as subreaper. A command is started in a session of its own, so that none of its
   * descendants can ever be in the watchdog's session, and the watchdog's other children always are.
   */
  isAdopted(stat: ProcStat): boolean {
    return (
      stat.parentPid === this.selfPid &&
      stat.sessionId !== this.#selfSession &&
      stat.startTicks >= this.#firstCommandTicks &&
      !this.#isCommand(stat)
    );
  }

  /** A descendant of the watchdog that does not come from a command that it started. */
  #isOwn(table: ProcessLookup, stat: ProcStat): boolean {
    if (this.#comesFromCommand(stat)) return false;
    for (const ancestor of ancestors(table, stat.pid)) {
      if (this.#comesFromCommand(ancestor)) return false;
      if (ancestor.pid === this.selfPid) return true;
    }
    return false;
  }

  #comesFromCommand(stat: ProcStat): boolean {
    return this.#isCommand(stat) || this.isAdopted(stat);
  }

  #isCommand({ pid, startTicks }: ProcStat): boolean {
    return this.#commands.some((command) => command.pid === pid && command.startTicks === startTicks);
  }
}
