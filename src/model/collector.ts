import type { Activity } from './activity.ts';
import type { CounterReading, ProcessMetrics } from './sample.ts';
import type { EndedProcess, WatchedProcess } from './process.ts';
import type { WakeStretch } from './wake.ts';

/** How a collector knows, in a window: from what loses nothing to what loses most. Schemas are made of this list; see docs/architecture.md. */
export const TIERS = ['zero-miss', 'counter', 'sampled'] as const;
export type Tier = (typeof TIERS)[number];

/** All that there are. Schemas are made of this list. */
export const COLLECTOR_NAMES = [
  'cpu',
  'memory',
  'wakeups',
  'io',
  'processes',
  'sockets',
  'trace',
  'events',
  'logs',
  'files',
] as const;
export type CollectorName = (typeof COLLECTOR_NAMES)[number];

/** `portable`: those that rest on pidusage and systeminformation, the same on every platform; see docs/platforms.md. */
export type CollectorSet = 'native' | 'portable';

export interface Availability {
  status: 'ok' | 'partial' | 'unavailable';
  tier: Tier;
  /** Why it is not `ok`, or what limits the tier; null where there is nothing to say. */
  reason: string | null;
}

/** One round of the loop. */
export interface Look {
  nowMs: number;
  /** The look before; null at the first one. */
  previousMs: number | null;
  /** Read everything, moved or not: at the window's edges and once in a while. */
  full: boolean;
  /** All watched processes that are alive. */
  processes: readonly WatchedProcess[];
  /** Ids of the processes whose CPU clock moved since the look before; new ones count as moved. */
  moved: ReadonlySet<number>;
  /** Watched for the first time at this look, and since the look before gone. */
  started: readonly WatchedProcess[];
  ended: readonly EndedProcess[];
}

/** Something that a collector could not read at a look: a gap from the look before, or from when it says itself, to this one. */
export interface Failure {
  target: string | null;
  reason: string;
  sinceMs?: number;
}

/**
 * A state in which a target is quiet for reasons of its own, or not there: it proves nothing. `unobserved`: whether it was stopped,
 * frozen or held back cannot be told. `ambiguous`: its selector leads to somebody else as well, or may have done so. `measured`: by another
 * command of ours, whose own looks and requests nobody could tell from the target's. `joined`: others put a process into it, which was not
 * watched for a while.
 */
export type DisturbanceKind =
  | 'absent'
  | 'stopped'
  | 'traced'
  | 'frozen'
  | 'throttled'
  | 'unobserved'
  | 'replaced'
  | 'ambiguous'
  | 'measured'
  | 'joined';

export interface DisturbanceNotice {
  target: string;
  kind: DisturbanceKind;
  detail: string;
  /** Since when, where that is before the look before. */
  sinceMs?: number;
}

/** What one collector saw at one look; everything is stamped by the session unless it carries its own time. */
export interface Observations {
  metrics?: ReadonlyMap<number, ProcessMetrics>;
  activities?: readonly Activity[];
  counters?: readonly CounterReading[];
  /** Processes that came and went between two looks. */
  processes?: readonly WatchedProcess[];
  /** Why threads woke since they were last told. */
  wakes?: readonly WakeStretch[];
  failures?: readonly Failure[];
  /** What disturbs a target at this look; to be repeated at each look for as long as it lasts. */
  disturbances?: readonly DisturbanceNotice[];
}

/**
 * Reads one source. A collector that throws becomes a gap, never a crash. It keeps no opinion: it does not judge,
 * it does not know rules, and what it cannot read it leaves out rather than calling it zero.
 */
export interface Collector {
  readonly name: CollectorName;
  /** What can be seen of these processes here; called before the first look. */
  probe(processes: readonly WatchedProcess[]): Availability;
  sample(look: Look): Observations;
  /**
   * The time from which on it has something to do even at a look at which no process ran and none came or went; `sample` is
   * not called at such looks before it. 0: at the next one. Asked after each `sample`. Left out: never.
   */
  dueAtMs?(): number;
  /** Takes the function by which it says that it has something to do after all. Left out: it never learns of news by itself. */
  onNews?(wake: () => void): void;
  /**
   * Whether something from before now may still become visible (another process holds the database's write lock, more was written than is read at a look).
   * Asked after the window's end; the session waits a while for `false`. Left out: never.
   */
  pending?(): boolean;
  /**
   * How it knew from its first look until now; `lost` only grows. Asked at the edges of windows, where many follow each other. Left
   * out: it cannot tell before it stops, and nobody can rely on it in such a run.
   */
  report?(): Availability & { lost: number };
  /** Releases what it holds. Returns how it knew over the whole run: the tier can have dropped, records can be lost. */
  stop(): Availability & { lost: number };
}
