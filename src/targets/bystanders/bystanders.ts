import type { ProcStat } from '../../core/parse/proc-stat.ts';
import type { DisturbanceNotice } from '../../model/collector.ts';
import type { StartElsewhere } from '../../model/outsider.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { Namesakes } from './namesakes.ts';
import { findOrphans } from './orphans.ts';
import { lazyTable, type ProcessLookup, type ProcessTable, readStat } from '../process-table.ts';
import { strangerOf } from './started-elsewhere.ts';
import { findStrangers, hasStrangers } from './strangers.ts';
import type { Surroundings } from '../surroundings.ts';

/** Processes that no target's tree has, and that may belong to a target all the same: they are named with it, not watched. */
export class Bystanders {
  readonly #around: Surroundings;
  /** When the youngest process started that was there when the targets were resolved, in clock ticks since boot. */
  readonly #youngestAtStart: number;
  /** Those that started in that tick: others may still have come in it. */
  readonly #twins: ReadonlySet<number>;
  readonly #namesakes: Namesakes;

  /** @param table all processes, as of when the targets were resolved */
  constructor(around: Surroundings, table: ProcessTable) {
    this.#around = around;
    this.#namesakes = new Namesakes(around);
    const youngest = Math.max(...[...table.values()].map(({ startTicks }) => startTicks));
    const isTwin = ({ startTicks }: ProcStat): boolean => startTicks === youngest;
    this.#youngestAtStart = youngest;
    this.#twins = new Set([...table.values()].filter(isTwin).map(({ pid }) => pid));
  }

  /** Those that appeared since the targets were resolved. */
  noteStrangers(found: ProcessTable, table: ProcessLookup): void {
    const { procfs, guard, registry, targets } = this.#around;
    const newcomers = [...found.values()].filter((stat) => this.#hasCome(stat) && !registry.hasSeen(stat));
    findStrangers({ procfs, guard, table }, newcomers, [...targets.values()]);
    this.#namesakes.find(newcomers, targets.values(), table);
  }

  #hasCome({ pid, startTicks }: ProcStat): boolean {
    return (
      startTicks > this.#youngestAtStart || (startTicks === this.#youngestAtStart && !this.#twins.has(pid))
    );
  }

  /** What they leave unclear about targets, to be said at each look. */
  disturbances(): DisturbanceNotice[] {
    return this.#namesakes.disturbances();
  }

  /** Those that lost their parent, perhaps before anybody looked. */
  noteOrphans(table: ProcessTable): void {
    const { procfs, guard, registry, targets } = this.#around;
    const byTarget = new Map(
      [...targets.keys()].map((name) => [name, registry.processes.filter(({ target }) => target === name)]),
    );
    const orphans = findOrphans({ procfs, table, guard }, byTarget);
    for (const [name, found] of orphans) targets.get(name)?.noteOrphans(found);
  }

  /** Somebody outside of a target's tree has executed its program, where a look need not have come across it. */
  suspect(start: StartElsewhere): void {
    const { procfs, guard, registry, targets } = this.#around;
    const target = targets.get(start.target);
    if (target === undefined) return;
    const table = lazyTable(procfs, new Map());
    const stranger = strangerOf({ procfs, guard, registry, table }, start, target);
    if (stranger !== null) target.noteStartedElsewhere(start, stranger);
    const stat = table.get(start.pid);
    if (stat !== undefined && !registry.hasSeen(stat)) this.#namesakes.find([stat], [target], table);
  }

  /** Some starts of programs were lost, so that `suspect` was not told of all. */
  missStarts(): void {
    for (const target of this.#around.targets.values()) if (hasStrangers(target)) target.noteMissedStarts();
  }

  /** These are watched now. */
  forget(processes: readonly WatchedProcess[]): void {
    for (const target of this.#around.targets.values())
      for (const process of processes) target.forgetOrphan(process);
  }

  /** Those that were told and are gone belong to the time until now. */
  forgetGone(): void {
    const { procfs, targets } = this.#around;
    const isAlive = (pid: number): boolean => readStat(procfs, pid) !== null;
    for (const target of targets.values()) target.forgetOrphans(isAlive);
  }
}
