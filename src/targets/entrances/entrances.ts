import type { ProcStat } from '../../core/parse/proc-stat.ts';
import type { DisturbanceNotice } from '../../model/collector.ts';
import type { CgroupEntry } from '../../model/outsider.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { tellEntered, tellUntold, whereIs } from './entered.ts';
import { Heirs } from './heirs.ts';
import { tellLatecomers, tellVisit } from './latecomers.ts';
import type { ProcessTable } from '../process-table.ts';
import type { Surroundings } from '../surroundings.ts';
import type { TargetState } from '../target-state.ts';
import { Visits } from './visits.ts';

/** What came to be watched at a look. */
interface Arrived {
  nowMs: number;
  previousMs: number | null;
  /** Whether all processes of the host were read. */
  everything: boolean;
  /** Those that were read. */
  found: ProcessTable;
  /** Those of them that are watched from now on. */
  started: readonly WatchedProcess[];
}

const NOBODY: ReadonlyMap<number, ProcStat> = new Map();

/** The ways by which others put processes into targets, for which nobody in these needs to run. */
export class Entrances {
  readonly #around: Surroundings;
  readonly #targets: ReadonlyMap<string, TargetState>;
  readonly #visits: Visits;
  readonly #heirs: Heirs;
  #visited: readonly TargetState[] = [];
  /** Somebody is in a target whom only a look at all processes finds. */
  #isSought = false;
  /** When all processes of the host were read the last time: whoever belongs to a target and was not found then has come since. */
  #allReadMs: number;

  /** @param nowMs when all processes of the host were read to resolve the targets */
  constructor(around: Surroundings, nowMs: number) {
    this.#around = around;
    this.#targets = around.targets;
    this.#visits = new Visits(around);
    this.#heirs = new Heirs(around);
    this.#allReadMs = nowMs;
  }

  /** Whether there are any. */
  get areOpen(): boolean {
    return this.#heirs.isExpecting || [...this.#targets.values()].some(({ cgroup }) => cgroup !== null);
  }

  /** Whether every look has to look for those whom targets can inherit. */
  get areHeirsExpecting(): boolean {
    return this.#heirs.isExpecting;
  }

  /** Whether the group of a target is one in which nobody else can run unnoticed. */
  isCounted(target: TargetState): boolean {
    return this.#visits.isCounted(target);
  }

  /**
   * Whether somebody may have come since the look before. To be asked before the clocks of the processes are read.
   * @param hasNew whether any process was created on the host since
   */
  hasStirred(hasNew: () => boolean): boolean {
    if (this.#visits.hasStirred() || this.#isSought) return true;
    return this.#heirs.isExpecting && (hasNew() || this.#heirs.inherited().size > 0);
  }

  /**
   * Whether somebody has been in a target who is not watched, so that all processes have to be read.
   * @param ran watched processes that ran, or are gone, since the look before
   */
  haveVisitors(ran: readonly WatchedProcess[]): boolean {
    this.#visited = this.#visits.unexplained(ran);
    this.#visits.settle();
    return this.#visited.length > 0 || this.#isSought;
  }

  /** Those whom targets have inherited, and who are not watched yet. */
  inherited(): ReadonlyMap<number, ProcStat> {
    return this.#heirs.isExpecting ? this.#heirs.inherited() : NOBODY;
  }

  /** Takes note of what a look has found; tells what it leaves unclear about targets. */
  note({ started, found, everything, ...times }: Arrived): DisturbanceNotice[] {
    this.#heirs.meet(started, (target) => this.#targets.get(target)?.tree === true);
    this.#heirs.note(found);
    const visited = this.#visited.flatMap(({ name }) => tellVisit(name, started));
    const latecomers = tellLatecomers(started, times, this.#allReadMs);
    this.#visited = [];
    if (everything) {
      this.#allReadMs = times.nowMs;
      this.#isSought = false;
    }
    return [...visited, ...latecomers];
  }

  /**
   * Takes note of who came into control groups; tells what that leaves unclear about targets.
   * @param entries null: not everybody who did was seen
   */
  entered(entries: readonly CgroupEntry[] | null): DisturbanceNotice[] {
    const run = this.#visits.takeRun();
    const targets = [...this.#targets.values()].filter(({ cgroup, tree }) => cgroup !== null && tree);
    return targets.flatMap((target) => {
      if (entries === null) return run.has(target) ? [tellUntold(target.name)] : [];
      return entries.flatMap((entry) => {
        if (entry.path === null ? !run.has(target) : target.cgroup?.([entry.path]) !== true) return [];
        const place = whereIs(this.#around, entry, target);
        if (place === 'there') this.#isSought = true;
        return place === 'gone' ? [tellEntered(target.name, entry)] : [];
      });
    });
  }
}
