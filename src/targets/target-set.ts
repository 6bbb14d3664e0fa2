import type { DisturbanceNotice } from '../model/collector.ts';
import type { CgroupEntry, StartElsewhere } from '../model/outsider.ts';
import type { EndedProcess, WatchedProcess } from '../model/process.ts';
import type { TargetReport, TargetSpec } from '../model/target.ts';
import type { Procfs } from '../os/procfs.ts';
import { Adoption } from './adoption.ts';
import { Bystanders } from './bystanders/bystanders.ts';
import { Entrances } from './entrances/entrances.ts';
import { sayCutOut } from './cut-out.ts';
import { Endings } from './endings.ts';
import { FreshPrograms } from './fresh-programs.ts';
import { Guard } from './guard.ts';
import { HostReads } from './host-reads.ts';
import { Newcomers } from './newcomers.ts';
import { readBootAtMs } from './process-info.ts';
import { lazyTable } from './process-table.ts';
import { Registry } from './registry.ts';
import { Roots } from './roots.ts';
import type { StartedCommand } from './command/started-command.ts';
import { TargetState } from './target-state.ts';

export interface TargetSetOptions {
  procfs: Procfs;
  nowMs: () => number;
  /** By target name, the commands that were started for targets that are commands. */
  commands?: ReadonlyMap<string, StartedCommand>;
  /** Targets that are not there are absent, and no error: most of them may come. */
  mayBeAbsent?: boolean;
  /** The process that counts as the watchdog: this one, unless a test watches its own children. */
  selfPid?: number;
}

/** `moved` and `gone` hold ids of watched processes, by the CPU clock gate. */
export interface Change {
  nowMs: number;
  /** The look before; null at the first one. */
  previousMs: number | null;
  moved: ReadonlySet<number>;
  gone: ReadonlySet<number>;
  full: boolean;
}

export interface Refreshed {
  /** At the first look: all that were found when the targets were resolved. */
  started: WatchedProcess[];
  ended: EndedProcess[];
  disturbances: DisturbanceNotice[];
  /** Seen before, but they run another program since: a child that was first seen between fork and exec. */
  renamed: WatchedProcess[];
}

/** Finds all targets. Throws an IdleproofError for the first that cannot be found, or not without doubt. */
export function resolveTargets(specs: readonly TargetSpec[], options: TargetSetOptions): TargetSet {
  if (specs.length === 0) throw new Error('there is nothing to find');
  return new TargetSet(specs, options);
}

/** The live process trees of all targets of a run. */
export class TargetSet {
  readonly #procfs: Procfs;
  readonly #registry: Registry = new Registry();
  readonly #newcomers: Newcomers;
  readonly #endings: Endings;
  readonly #fresh: FreshPrograms;
  readonly #targets: ReadonlyMap<string, TargetState>;
  readonly #adoption: Adoption;
  readonly #roots: Roots;
  readonly #bystanders: Bystanders;
  readonly #entrances: Entrances;
  readonly #hostReads: HostReads;
  readonly #notes: readonly string[];
  #unannounced: WatchedProcess[];
  /** As of the last refresh: all targets are there, and nobody waits to be announced or collected. */
  #isSettled = false;

  constructor(specs: readonly TargetSpec[], options: TargetSetOptions) {
    const { procfs, nowMs, commands = new Map<string, StartedCommand>(), selfPid = process.pid } = options;
    const { mayBeAbsent = false } = options;
    this.#procfs = procfs;
    this.#newcomers = new Newcomers(procfs);
    this.#fresh = new FreshPrograms(procfs);
    const table = this.#newcomers.read(true);
    const guard = new Guard(table, selfPid, [...commands.values()]);
    this.#endings = new Endings(guard, [...commands.values()]);
    this.#targets = new Map(
      specs.map((spec) => [spec.name, new TargetState(spec, commands.get(spec.name) ?? null)]),
    );
    const around = { procfs, guard, registry: this.#registry, targets: this.#targets };
    this.#adoption = new Adoption(around, this.#endings, table);
    this.#roots = new Roots(around);
    this.#bystanders = new Bystanders(around, table);
    this.#entrances = new Entrances(around, nowMs());
    this.#hostReads = new HostReads(around, this.#newcomers, this.#entrances);
    this.#notes = table.has(1)
      ? []
      : ['processes of other users are hidden here: proc is mounted with hidepid'];
    const bootAtMs = (): number => readBootAtMs(procfs, nowMs());
    this.#roots.claim(table, bootAtMs, mayBeAbsent);
    this.#adoption.adopt(table, table, bootAtMs);
    this.#roots.linkToParents();
    this.#bystanders.noteOrphans(table);
    this.#unannounced = [...this.#registry.processes];
    for (const process of this.#unannounced) this.#fresh.addYoung(process, nowMs());
    const atStart = { nowMs: nowMs(), previousMs: null, everything: true };
    this.#entrances.note({ ...atStart, found: table, started: this.#unannounced });
    this.#entrances.haveVisitors([]);
  }

  /** Alive, all targets; the same array for as long as nothing changes. */
  get processes(): readonly WatchedProcess[] {
    return this.#registry.processes;
  }

  /** Strangers that were told and are gone belong to the time until now. */
  forgetOrphans(): void {
    this.#bystanders.forgetGone();
  }

  /** There is nothing to follow for as long as no process runs and none is gone: `refresh` need not be called. */
  get isStill(): boolean {
    return this.#isSettled && !this.#newcomers.unsettled && this.#unannounced.length === 0;
  }

  /**
   * Whether others may have put a process into a target, for which none of its own needs to have run; then `refresh` has to be called.
   * To be asked at each look before the clocks of the processes are read.
   */
  hasStirred(): boolean {
    return this.#entrances.hasStirred(() => this.#newcomers.hasNew);
  }

  get everSeen(): readonly WatchedProcess[] {
    return this.#registry.everSeen;
  }

  /**
   * Follows what happened since the look before. Reads nothing when nothing moved, nothing is gone, and all targets are
   * there: a process that did not run has started no other.
   */
  refresh(change: Change): Refreshed {
    const refreshed = this.#follow(change);
    const targets = [...this.#targets.values()];
    this.#isSettled = this.#endings.waiting.size === 0 && targets.every(({ roots }) => roots.size > 0);
    return refreshed;
  }

  #follow(change: Change): Refreshed {
    const { nowMs, previousMs, moved, gone, full } = change;
    const started = this.#unannounced;
    this.#unannounced = [];
    const hasVisitors = this.#entrances.haveVisitors(this.#byId(moved, gone));
    const everything = this.#hostReads.areDue(full, moved.size + gone.size > 0) || hasVisitors;
    const { waiting } = this.#endings;
    const isQuiet = moved.size + gone.size + waiting.size === 0 && !this.#newcomers.unsettled;
    if (!everything && isQuiet && !this.#entrances.areHeirsExpecting) {
      return { started, ended: [], disturbances: this.#disturbances(), renamed: [] };
    }
    const found = this.#newcomers.read(everything);
    for (const [pid, stat] of this.#entrances.inherited()) found.set(pid, stat);
    const table = everything ? found : lazyTable(this.#procfs, found);
    const bootAtMs = (): number => readBootAtMs(this.#procfs, nowMs);
    const affected = everything
      ? this.processes
      : new Set(
          [...this.#byId(moved, gone), ...waiting].filter(
            (process) => this.#registry.alive(process.pid) === process,
          ),
        );
    const ended = this.#endings.find(affected, table);
    const lost = this.#roots.remove(ended);
    const again = this.#roots.findAgain(lost, full, everything ? found : null, bootAtMs);
    const adopted = this.#adoption.adopt(found, table, bootAtMs);
    const renamed = this.#fresh.refresh(table, nowMs, ({ id }) => full || moved.has(id));
    const joined = [...again.started, ...adopted.started];
    this.#welcome(joined);
    this.#bystanders.noteStrangers(found, table);
    if (full && everything) this.#bystanders.noteOrphans(found);
    const unclear = this.#entrances.note({ nowMs, previousMs, everything, found, started: joined });
    return {
      started: [...started, ...joined],
      ended: [...ended, ...adopted.ended],
      disturbances: [...this.#disturbances(), ...again.replaced, ...unclear],
      renamed,
    };
  }

  /**
   * Takes in a child that somebody else has seen, and no look has come across: it came and went between two looks, or it
   * left the tree at once. null: its target has no tree.
   */
  enlist(glimpse: Omit<WatchedProcess, 'id'>): { process: WatchedProcess; isWatched: boolean } | null {
    const enlisted = this.#adoption.enlist(glimpse);
    if (enlisted === null) return null;
    const { process, state } = enlisted;
    if (state === 'joined') {
      this.#unannounced.push(process);
      this.#welcome([process]);
    }
    return { process, isWatched: state !== 'ended' };
  }

  /** Somebody outside of a target's tree has executed its program: it may belong to the target, and is named with it. */
  suspect(start: StartElsewhere): void {
    this.#bystanders.suspect(start);
  }

  /** Some starts of programs were lost, so that `suspect` was not told of all. */
  missStarts(): void {
    this.#bystanders.missStarts();
  }

  /**
   * Others have come into control groups, as the kernel tells at the look that `refresh` was called for; null: it did not tell of all.
   * Returns what that leaves unclear about targets.
   */
  noteEntered(entries: readonly CgroupEntry[] | null): DisturbanceNotice[] {
    return this.#entrances.entered(entries);
  }

  /** @param isTraced whether the kernel told of every process that was created; see `enlist` */
  reports(isTraced = false): TargetReport[] {
    return [...this.#targets.values()].map((target) =>
      target.report([...this.#notes, ...sayCutOut(this.everSeen, target.spec.name)], {
        isTraced,
        isCounted: this.#entrances.isCounted(target),
      }),
    );
  }

  #welcome(joined: readonly WatchedProcess[]): void {
    for (const process of joined) this.#fresh.add(process);
    this.#bystanders.forget(joined);
  }

  #disturbances(): DisturbanceNotice[] {
    const absences = [...this.#targets.values()].flatMap((target) => target.disturbance() ?? []);
    return [...absences, ...this.#bystanders.disturbances()];
  }

  #byId(...sets: readonly ReadonlySet<number>[]): WatchedProcess[] {
    return sets.flatMap((ids) => [...ids].flatMap((id) => this.#registry.byId(id) ?? []));
  }
}
