import type { Activity } from '../model/activity.ts';
import { GAP_TICKS } from '../core/derive/timeline.ts';
import type { Collector, Look, Observations } from '../model/collector.ts';
import type { CollectorReport } from '../model/evidence.ts';
import type { WatchedProcess } from '../model/process.ts';
import type { Clock } from '../model/time.ts';
import type { TargetSet } from '../targets/target-set.ts';
import type { CollectorFailure, Recorder } from './recorder.ts';

/** The CPU clock gate: which processes ran since the look before, and which are gone. */
export interface Gate {
  gate(processes: readonly WatchedProcess[]): { moved: ReadonlySet<number>; gone: ReadonlySet<number> };
}

/** The live process trees of all targets. */
type Trees = Pick<TargetSet, 'processes' | 'isStill' | 'refresh'>;

/** A collector at work for one target, or for all of them (null). */
export interface Post {
  collector: Collector;
  target: string | null;
}

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
  /** Hears what was seen at each look. */
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
  readonly #costNs: Map<Collector, number> = new Map();
  #previousMs: number | null = null;
  /** When somebody next has something to do although no process ran; settled once after each look around. */
  #dueAtMs = 0;
  #fullMs = 0;
  #ranSinceFull = false;
  #suspendedMs: number | null = null;
  #preparedMs: number | null = null;

  constructor(parts: WatcherParts) {
    this.#parts = parts;
    const wake = (): void => {
      this.#dueAtMs = 0;
    };
    for (const { collector } of parts.posts) collector.onNews?.(wake);
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
    const { clock, gate, trees } = this.#parts;
    const nowMs = this.#preparedMs ?? clock.nowMs();
    // A reading is of everything: there is no second one for a look that wants it.
    const full =
      wantsFull || this.#preparedMs !== null || this.#previousMs === null || this.#isFullDue(nowMs);
    this.#preparedMs = null;
    this.#noteGap(nowMs);
    const { moved, gone } = gate.gate(trees.processes);
    if (!full && nowMs < this.#dueAtMs && moved.size + gone.size === 0) {
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
    const { trees, recorder, posts } = this.#parts;
    if (!trees.isStill || !recorder.isStill) return 0;
    return Math.min(...posts.map(({ collector }) => collector.dueAtMs?.() ?? Number.POSITIVE_INFINITY));
  }

  #lookAround(nowMs: number, full: boolean, moved: ReadonlySet<number>, gone: ReadonlySet<number>): void {
    const { trees, posts, recorder } = this.#parts;
    const change = trees.refresh({ nowMs, moved, gone, full });
    const look: Look = {
      nowMs,
      previousMs: this.#previousMs,
      full,
      processes: trees.processes,
      moved: change.started.length === 0 ? moved : new Set([...moved, ...change.started.map(({ id }) => id)]),
      started: change.started,
      ended: change.ended,
    };
    const observed: Observations[] = [{ disturbances: change.disturbances }];
    const failures: CollectorFailure[] = [];
    for (const post of posts) {
      const observations = this.#sample(post, look);
      observed.push(observations);
      for (const failure of observations.failures ?? []) {
        failures.push({ collector: post.collector.name, ...failure });
      }
    }
    const { onActivities } = this.#parts;
    if (onActivities !== undefined) onActivities(observed.flatMap(({ activities = [] }) => activities));
    recorder.processes(change.renamed);
    recorder.look(look, observed, failures);
  }

  /** Whether something from before now may still become visible; see Collector.pending. */
  pending(): readonly Post[] {
    return this.#parts.posts.filter(({ collector }) => collector.pending?.() === true);
  }

  /**
   * How each collector knew from its first look until now; it goes on. One that cannot tell before it stops is no support for a
   * window that ends before.
   */
  reports(): CollectorReport[] {
    return this.#parts.posts.map(({ collector, target }) => {
      const cpuSeconds = (this.#costNs.get(collector) ?? 0) / 1e9;
      const unknown = { ...UNTOLD, reason: 'it cannot tell how it knows before it stops' };
      try {
        return { name: collector.name, target, cpuSeconds, ...(collector.report?.() ?? unknown) };
      } catch (error) {
        return {
          name: collector.name,
          target,
          cpuSeconds,
          ...UNTOLD,
          reason: `could not tell: ${messageOf(error)}`,
        };
      }
    });
  }

  /** Whether an events table was not seen whole so far, and would be from now on. */
  hasRecovered(): boolean {
    const { posts, trees } = this.#parts;
    return posts.some(
      ({ collector }) =>
        collector.name === 'events' &&
        collector.report?.().status !== 'ok' &&
        collector.probe(trees.processes).status === 'ok',
    );
  }

  /** Stops all collectors and reports how each of them knew. */
  stop(): CollectorReport[] {
    return this.#parts.posts.map(({ collector, target }) => {
      const cpuSeconds = (this.#costNs.get(collector) ?? 0) / 1e9;
      try {
        return { name: collector.name, target, cpuSeconds, ...collector.stop() };
      } catch (error) {
        const reason = `could not be stopped: ${messageOf(error)}`;
        return { name: collector.name, target, cpuSeconds, ...UNTOLD, reason };
      }
    });
  }

  #sample({ collector, target }: Post, look: Look): Observations {
    const { threadCpuNs } = this.#parts;
    const before = threadCpuNs();
    try {
      return collector.sample(look);
    } catch (error) {
      return { failures: [{ target, reason: messageOf(error) }] };
    } finally {
      this.#costNs.set(collector, (this.#costNs.get(collector) ?? 0) + threadCpuNs() - before);
    }
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

/** Nobody knows what it saw and what it missed. */
const UNTOLD = { status: 'partial', tier: 'sampled', lost: 0 } as const;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
