import { sayProcess } from '../../core/wording/process.ts';
import type { Failure, Look } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { LookReader } from './look-reader.ts';
import { ran } from './selection.ts';

interface Account {
  /** Minor faults of its own, and of the children that it waited for, at its last reading. */
  faults: number;
  reapedFaults: number;
  /** By how much those of its children grew at that look, as far as no child that had ended accounts for it. */
  grown: number;
  grownAtMs: number;
}

interface Debt {
  process: WatchedProcess;
  /** Minor faults that its parent takes over together with what else it used. */
  faults: number;
  /** It was gone, and its parent had not taken them over, at the look before. */
  isOverdue: boolean;
}

/**
 * Whether parents take over what their children used. The kernel adds CPU time, bytes and page faults of a child to its parent's when that
 * waits for it. Each process has faults, and they are counted one by one: where those of a parent did not grow by at least what its
 * child had, and the child is gone, nobody waited (SIGCHLD ignored, SA_NOCLDWAIT) and what it used last is lost. See
 * cminflt in proc_pid_stat(5), and wait(2).
 */
export class OwedUsage {
  readonly #reader: LookReader;
  readonly #accounts: Map<number, Account> = new Map();
  #debts: Debt[] = [];
  /** Times of the last look and of the one before. */
  #lookMs = 0;
  #previousMs: number | null = null;

  constructor(reader: LookReader) {
    this.#reader = reader;
  }

  /** Of whom it is not known yet whether its parent will wait; null: of nobody. */
  get open(): string | null {
    const [first] = this.#debts;
    return first === undefined
      ? null
      : `${sayProcess(first.process)} ended, and its parent has not waited for it so far`;
  }

  /** Whether somebody waits is not told by anything that runs. */
  dueAtMs(): number {
    return this.#debts.length > 0 ? 0 : Number.POSITIVE_INFINITY;
  }

  /**
   * Takes in one that no look has read, and that has ended: whoever is reaped adds a fault at least. To be called after `lost` of the look at which
   * its end was told.
   */
  owe(process: WatchedProcess): void {
    const parent = this.#accounts.get(process.parentId ?? -1);
    if (parent === undefined || process.isSibling === true) return;
    if (parent.grown >= 1 && this.#isRecent(parent)) parent.grown -= 1;
    else this.#debts.push({ process, faults: 1, isOverdue: false });
  }

  /** To be called at each look. Returns what is lost for good. */
  lost(look: Look): Failure[] {
    this.#lookMs = look.nowMs;
    this.#previousMs = look.previousMs;
    if (look.moved.size === 0 && look.ended.length === 0 && this.#debts.length === 0) return [];
    for (const process of ran(look)) this.#read(look, process);
    for (const { process } of look.ended) {
      const { faults = 0, reapedFaults = 0 } = this.#accounts.get(process.id) ?? {};
      this.#accounts.delete(process.id);
      if (process.parentId !== null && process.isSibling !== true)
        this.#debts.push({ process, faults: Math.max(1, faults + reapedFaults), isOverdue: false });
    }
    const failures: Failure[] = [];
    this.#debts = this.#debts.filter((debt) => {
      const parent = this.#accounts.get(debt.process.parentId ?? -1);
      // What becomes of it then is told by the lives of both.
      if (parent === undefined) return false;
      if (this.#isRecent(parent) && parent.grown >= debt.faults) {
        parent.grown -= debt.faults;
        return false;
      }
      if (this.#isThere(look, debt.process)) return true;
      if (!debt.isOverdue) return (debt.isOverdue = true);
      const reason = `${sayProcess(debt.process)} ended without being waited for: what it used last is not counted`;
      failures.push({ target: debt.process.target, reason });
      return false;
    });
    return failures;
  }

  #isRecent({ grownAtMs }: Account): boolean {
    return grownAtMs === this.#lookMs || grownAtMs === this.#previousMs;
  }

  #read(look: Look, process: WatchedProcess): void {
    const stat = this.#stat(look, process);
    if (stat?.startTicks !== process.startTicks) return;
    const { minorFaults: faults, reapedFaults } = stat;
    const before = this.#accounts.get(process.id);
    // It may have waited between the list of a look and this reading: that a child has ended is known at the next look.
    const kept = before !== undefined && before.grownAtMs === look.previousMs ? before.grown : 0;
    const grown = before === undefined ? 0 : kept + Math.max(0, reapedFaults - before.reapedFaults);
    this.#accounts.set(process.id, { faults, reapedFaults, grown, grownAtMs: look.nowMs });
  }

  /** As a zombie, until its parent waits. */
  #isThere(look: Look, process: WatchedProcess): boolean {
    return this.#stat(look, process)?.startTicks === process.startTicks;
  }

  /** Where it may not be read, the collector that asks says so itself. */
  #stat(look: Look, { pid }: WatchedProcess): ReturnType<LookReader['stat']> {
    try {
      return this.#reader.stat(look, pid);
    } catch {
      return null;
    }
  }
}
