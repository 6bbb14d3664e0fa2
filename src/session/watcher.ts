import type { Activity } from '../model/activity.ts';
import { GAP_TICKS } from '../core/derive/timeline.ts';
import type { Look } from '../model/collector.ts';
import { WATCHDOG } from '../model/control.ts';
import type { CollectorReport } from '../model/evidence.ts';
import type { WatchedProcess } from '../model/process.ts';
import type { Clock } from '../model/time.ts';
import type { TargetSet } from '../targets/target-set.ts';
import { CollectorsAtWork, type Post } from './collectors-at-work.ts';
import type { Recorder } from './recorder.ts';

/** The CPU clock gate: which processes ran since the look before, and which are gone. */
export interface Gate {
  gate(processes: readonly WatchedProcess[]): { moved: ReadonlySet<number>; gone: ReadonlySet<number> };
}

/** The live process trees of all targets. */
type Trees = Pick<TargetSet, 'processes' | 'isStill' | 'hasStirred' | 'refresh'>;

/** Readings that are too slow for a look, and are taken before it. */
export interface Readings {
  /** Never rejects. Returns the time at which the look stands: when its reading was begun. */
  take(processes: readonly WatchedProcess[]): Promise<number>;
}

export interface WatcherParts {
  clock: Clock;
  gate: Gate;
  trees: Trees;
  posts: readonly Post[];
  recorder: Recorder;
  tickMs: number;
  /** null: everything is read at the look itself. */
  readings: Readings | null;
  /** Hears what was seen of the targets at each look; what the watchdog plants is nobody's doing. */
  onActivities?: (activities: readonly Activity[]) => void;
  /** CPU time of this thread in nanoseconds, for the collectors' own cost. */
  threadCpuNs: () => number;
}

/** Reading everything once in a while finds what others did to a process that did not run. */
const FULL_LOOK_EVERY_MS = 30_000;
/** The same where no process ran since the last time, so that there is hardly anything to find. */
const IDLE_FULL_LOOK_EVERY_MS = 5 * 60_000;

const REHEARSALS = 500;

/** Looks at all targets through all collectors, one look at a time, and hands what they saw to the recorder. */
export class Watcher {
  readonly #parts: WatcherParts;
  readonly #collectors: CollectorsAtWork;
  #previousMs: number | null = null;
  /** When somebody next has something to do although no process ran; settled once after each look around. */
  #dueAtMs = 0;
  #fullMs = 0;
  #ranSinceFull = false;
  #suspendedMs: number | null = null;
  #preparedMs: number | null = null;

  constructor(parts: WatcherParts) {
    this.#parts = parts;
    this.#collectors = new CollectorsAtWork(parts.posts, parts.threadCpuNs);
    this.#collectors.onNews(() => {
      this.#dueAtMs = 0;
    });
  }

  /**
   * Goes through the motions of an idle look until V8 has compiled them: at one look a second it would take an hour, and
   * each would cost twice as much until then. Only before the first look, since what moved meanwhile is not told.
   */
  rehearse(): void {
    const { clock, gate, trees } = this.#parts;
    for (let round = 0; round < REHEARSALS; round += 1) {
      clock.nowMs();
      gate.gate(trees.processes);
    }
  }

  /** Whether looks have to be prepared, and so cannot follow each other in one callback. */
  get needsReadings(): boolean {
    return this.#parts.readings !== null;
  }

  /** The time of the last look, and now where there was none: a window that ends here has been looked at to its end. */
  get lookedUntilMs(): number {
    return this.#previousMs ?? this.#parts.clock.nowMs();
  }

  /** The time of the last look at everything. */
  get fullLookMs(): number {
    return this.#fullMs;
  }

  /** Takes the readings for the next look. Nothing to do where everything is read at the look itself. */
  async prepare(): Promise<void> {
    const { readings, trees } = this.#parts;
    if (readings !== null) this.#preparedMs = await readings.take(trees.processes);
  }

  /** One look; returns its time. Never throws for what a collector did; only for the evidence store. */
  look(wantsFull = false): number {
    const { clock, gate, readings, trees } = this.#parts;
    const nowMs = this.#preparedMs ?? clock.nowMs();
    // A reading is of everything: there is no second one for a look that wants it.
    const full =
      wantsFull || this.#preparedMs !== null || this.#previousMs === null || this.#isFullDue(nowMs);
    this.#preparedMs = null;
    this.#noteGap(nowMs);
    // The portable clocks are too coarse to tell who used the CPU.
    const hasStirred = readings === null && trees.hasStirred();
    const { moved, gone } = gate.gate(trees.processes);
    if (!full && !hasStirred && nowMs < this.#dueAtMs && moved.size + gone.size === 0) {
      this.#parts.recorder.quietLook(nowMs, this.#previousMs);
    } else {
      this.#dueAtMs = Number.POSITIVE_INFINITY;
      this.#lookAround(nowMs, full, moved, gone);
      this.#dueAtMs = Math.min(this.#dueAtMs, this.#nextDueMs());
    }
    this.#previousMs = nowMs;
    if (full) this.#fullMs = nowMs;
    this.#ranSinceFull = !full && (this.#ranSinceFull || moved.size > 0);
    return nowMs;
  }

  #isFullDue(nowMs: number): boolean {
    return nowMs - this.#fullMs >= (this.#ranSinceFull ? FULL_LOOK_EVERY_MS : IDLE_FULL_LOOK_EVERY_MS);
  }

  /** 0 while something goes on that every look has to follow, whether a process runs or not. */
  #nextDueMs(): number {
    const { trees, recorder } = this.#parts;
    return trees.isStill && recorder.isStill ? this.#collectors.dueAtMs() : 0;
  }

  #lookAround(nowMs: number, full: boolean, moved: ReadonlySet<number>, gone: ReadonlySet<number>): void {
    const { trees, recorder, onActivities } = this.#parts;
    const change = trees.refresh({ nowMs, previousMs: this.#previousMs, moved, gone, full });
    const look: Look = {
      nowMs,
      previousMs: this.#previousMs,
      full,
      processes: trees.processes,
      moved: change.started.length === 0 ? moved : new Set([...moved, ...change.started.map(({ id }) => id)]),
      started: change.started,
      ended: change.ended,
    };
    const { observed, failures } = this.#collectors.sample(look);
    observed.unshift({ disturbances: change.disturbances });
    const seen = observed.flatMap(({ activities = [] }) => activities);
    onActivities?.(seen.filter(({ target }) => target !== WATCHDOG));
    recorder.processes(change.renamed);
    recorder.look(look, observed, failures);
  }

  /** Those of which something from before now may still become visible; see Collector.pending. */
  pending(): readonly Post[] {
    return this.#collectors.pending();
  }

  /** How each collector knew from its first look until now; see CollectorsAtWork. */
  reports(): CollectorReport[] {
    return this.#collectors.reports();
  }

  /** Whether an events table was not seen whole so far, and would be from now on. */
  hasRecovered(): boolean {
    return this.#collectors.hasRecovered(this.#parts.trees.processes);
  }

  /** Stops all collectors and reports how each of them knew. */
  stop(): CollectorReport[] {
    return this.#collectors.stop();
  }

  #noteGap(nowMs: number): void {
    const { clock, recorder, tickMs } = this.#parts;
    const fromMs = this.#previousMs;
    if (fromMs === null) this.#suspendedMs = clock.suspendedMs();
    if (fromMs === null || nowMs - fromMs <= GAP_TICKS * tickMs) return;
    const suspendedMs = clock.suspendedMs();
    const sleptMs = suspendedMs === null || this.#suspendedMs === null ? 0 : suspendedMs - this.#suspendedMs;
    this.#suspendedMs = suspendedMs;
    const reason =
      sleptMs > tickMs
        ? `the host was asleep for ${seconds(sleptMs)}`
        : `the watchdog did not run for ${seconds(nowMs - fromMs)}`;
    recorder.gap({ fromMs, toMs: nowMs, collector: 'loop', target: null, reason });
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
