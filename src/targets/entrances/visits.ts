import type { WatchedProcess } from '../../model/process.ts';
import type { Procfs } from '../../os/procfs.ts';
import { findUsage, type ReadUsage } from './cgroup-usage.ts';
import type { Guard } from '../guard.ts';
import { readCgroups } from '../select/by-cgroup.ts';
import type { Surroundings } from '../surroundings.ts';
import type { TargetState } from '../target-state.ts';

interface Counted {
  /** By whose cgroups it was found: another root may be in another one. */
  roots: readonly WatchedProcess[];
  reads: readonly ReadUsage[];
  before: readonly (number | null)[];
}

/**
 * Who runs in the control group of a target that has not started them: a manager outside can put processes there (docker exec, a
 * health check, ExecReload=, cgexec), and they can be gone before anybody looks. What they ran for is counted there.
 */
export class Visits {
  readonly #procfs: Procfs;
  readonly #guard: Guard;
  readonly #targets: ReadonlyMap<string, TargetState>;
  readonly #counted: Map<TargetState, Counted> = new Map();
  #stirred: readonly TargetState[] = [];
  /** Where anybody ran since `takeRun`. */
  readonly #run: Set<TargetState> = new Set();

  constructor({ procfs, guard, targets }: Surroundings) {
    this.#procfs = procfs;
    this.#guard = guard;
    this.#targets = targets;
  }

  /** Whether anybody ran in one of the groups since `settle`. To be asked before the clocks of the processes are read. */
  hasStirred(): boolean {
    this.#stirred = [...this.#counted].flatMap(([target, { reads, before }]) =>
      reads.some((read, index) => read() !== before[index]) ? [target] : [],
    );
    return this.#stirred.length > 0;
  }

  /**
   * The targets in whose group somebody ran since `settle`, and none of these processes did.
   * @param ran whose clock moved, or who is gone, since the look before
   */
  unexplained(ran: readonly WatchedProcess[]): TargetState[] {
    return this.#stirred.filter((target) => !ran.some((process) => this.#isIn(target, process)));
  }

  /**
   * Begins to count anew; to be called after the clocks were read. So what a watched process runs for in between is counted as of the
   * next look, at which its clock has moved as well.
   */
  settle(): void {
    this.#stirred = [];
    for (const target of this.#targets.values()) {
      const counted = this.#find(target);
      if (counted === null) {
        this.#counted.delete(target);
        continue;
      }
      const before = counted.reads.map((read) => read());
      const hasRun = before.length === 0 || before.some((used, index) => used !== counted.before[index]);
      if (hasRun) this.#run.add(target);
      this.#counted.set(target, { ...counted, before });
    }
  }

  /** The targets in whose group anybody has run since this was asked the last time, or in which that is not counted. */
  takeRun(): ReadonlySet<TargetState> {
    const run = new Set(this.#run);
    this.#run.clear();
    return run;
  }

  /** Whether what others run in the group of a target is counted. */
  isCounted(target: TargetState): boolean {
    return (this.#counted.get(target)?.reads.length ?? 0) > 0;
  }

  #find(target: TargetState): Counted | null {
    const { cgroup, tree, roots } = target;
    if (cgroup === null || !tree || roots.size === 0) return null;
    const known = this.#counted.get(target);
    if (known?.roots.length === roots.size && known.roots.every((root) => roots.has(root))) return known;
    // What the watchdog itself uses there tells nothing of others.
    const isOurs = cgroup(readCgroups(this.#procfs, this.#guard.selfPid));
    const pids = [...roots].map(({ pid }) => pid);
    return { roots: [...roots], reads: isOurs ? [] : findUsage(this.#procfs, pids, cgroup), before: [] };
  }

  #isIn(target: TargetState, process: WatchedProcess): boolean {
    if (process.target === target.name) return true;
    return target.cgroup?.(readCgroups(this.#procfs, process.pid)) === true;
  }
}
