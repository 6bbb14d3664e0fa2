import type { Activity } from './activity.ts';
import type { ControlEvidence } from './control.ts';
import type { Availability, CollectorName, CollectorSet, DisturbanceKind } from './collector.ts';
import type { Measurement, MeasurementBaseline } from './measurement.ts';
import type { WatchedProcess } from './process.ts';
import type { CounterReading, Samples } from './sample.ts';
import type { TargetReport } from './target.ts';
import type { TimeSpan } from './time.ts';
import type { WakeStretch } from './wake.ts';

/** A stretch without evidence: looks too far apart, host asleep, or a collector that failed for a while. */
export interface Gap extends TimeSpan {
  /** `loop` when nothing at all was looked at. */
  collector: CollectorName | 'loop';
  /** null: every target. */
  target: string | null;
  reason: string;
}

/** A stretch in which a target was in no state to prove anything. */
export interface Disturbance extends TimeSpan {
  target: string;
  kind: DisturbanceKind;
  detail: string;
}

/** Consecutive looks, written as one range: `looks` of them, the first at `fromMs` and the last at `toMs`. */
export interface LookRange extends TimeSpan {
  looks: number;
  longestStepMs: number;
}

export interface CollectorReport extends Availability {
  name: CollectorName;
  /** null: the same for every target. */
  target: string | null;
  lost: number;
  /** null: not known, since the watchdog was killed. */
  cpuSeconds: number | null;
}

/**
 * `idle` is what the run is about; `stop` is the short window in which a command that we started is stopped. In `measure` we used the
 * target ourselves: it says nothing about idleness.
 */
export type WindowKind = 'idle' | 'stop' | 'measure';

export interface Window extends TimeSpan {
  id: string;
  kind: WindowKind;
  trigger: 'check' | 'user-quiet' | 'schedule' | 'manual' | 'run' | 'measure';
  requestedMs: number;
  settleMs: number;
  /** Left out: yes, or nobody was to wait for it. `false`: the activity had not died down when the window opened. */
  isSettled?: boolean;
  /** When that happened which the trigger followed: the last user action before, the launch, the time that cron told. */
  anchorMs?: number;
  /** A shorter one proves nothing, whatever a rule says. Left out: nobody asked for more than the rules do. */
  minDurationMs?: number;
  closedBy: WindowEnd;
  /** The watchdog was killed before it had heard all of it: what was seen last is lost, and nobody vouches for the window. */
  isCutOff?: true;
}

/** A window whose end is still to come. */
export type OpenedWindow = Omit<Window, 'toMs' | 'closedBy' | 'isCutOff'>;

/** One instance of a configured window; an older or younger one of the same id began at another time. */
export type WindowKey = Pick<Window, 'id' | 'fromMs'>;

/** What could come late of a window was waited for, and it is judged now. */
export interface WaitedFor extends WindowKey {
  /** Of the rules that it is judged by. */
  rulesDigest: string;
}

/**
 * `maxDuration`: cut, and the next one follows at once; `gap`: the looks were too far apart; `killed`: the watchdog was, and the
 * window ends with the last look that it had written down.
 */
export type WindowEnd =
  | 'duration'
  | 'interrupted'
  | 'target'
  | 'stopped'
  | 'user'
  | 'maxDuration'
  | 'gap'
  | 'manual'
  | 'schedule'
  | 'reload'
  | 'shutdown'
  | 'killed';

export interface HostInfo {
  name: string;
  os: string;
  kernel: string;
  cpus: number;
  memoryBytes: number;
  /** Minutes east of UTC when the run began. */
  utcOffsetMinutes: number;
  privileged: boolean;
}

export interface RunInfo {
  id: string;
  toolVersion: string;
  nodeVersion: string;
  host: HostInfo;
  /** How to reproduce the run; secrets redacted. */
  command: string;
  startedAtMs: number;
  tickMs: number;
  /** Left out: native. */
  collectors?: CollectorSet;
  /** It was `idleproof run`, whose options stand in its file; left out: it was not. */
  isPhaseGate?: true;
}

/** What the watchdog itself used, from the first look to the last. null: not known, since it was killed. */
export interface SelfReport {
  cpuSeconds: number | null;
  wakeups: number | null;
  rssBytes: number | null;
  /** Those that it planted; it opens no others. */
  connectionsOpened: number | null;
  /** From and to storage; left out by versions that did not measure it. */
  readBytes?: number;
  writtenBytes?: number;
}

/** What else happened on the host while the run went on. */
export interface HostNoise {
  /** Of all CPUs together. */
  cpuBusyPercent: number;
  /** Taken by the hypervisor for others. */
  cpuStolenPercent: number;
  tasksCreated: number;
}

/**
 * What a run that goes through many windows writes down at each edge of one: how its collectors knew, what it used and what
 * the host did since the edge before (amounts are of this stretch alone), and what it knows by its end.
 */
export interface StretchReport extends TimeSpan {
  collectors: CollectorReport[];
  targets: TargetReport[];
  self: SelfReport;
  /** null: not measured. */
  noise: HostNoise | null;
  eventTypes: Record<string, string[]>;
  eventColumns: Record<string, string[]>;
  notes: string[];
}

/** Everything that a run saw. All judging is a pure function of this. */
export interface Evidence {
  run: RunInfo;
  windows: Window[];
  targets: TargetReport[];
  processes: WatchedProcess[];
  looks: LookRange[];
  samples: Samples;
  activities: Activity[];
  counters: CounterReading[];
  gaps: Gap[];
  disturbances: Disturbance[];
  /** Why threads woke; empty where nobody recorded it. */
  wakes: WakeStretch[];
  collectors: CollectorReport[];
  /** Event types that each target's table has ever held, so that a rule can be told what it names in vain. */
  eventTypes: Record<string, string[]>;
  /** Columns of each target's events table, so that a rule cannot name one in vain; left out where nobody recorded them. */
  eventColumns?: Record<string, string[]>;
  /** Left out: not measured. */
  noise?: HostNoise;
  /** What active probes found; left out: nothing was measured. */
  measurements?: Measurement[];
  /** What measurements are compared with; left out: nothing. */
  baselines?: MeasurementBaseline[];
  /** Left out: made up, as in examples, where nothing had to be planted. What is read from a file has it, be it empty. */
  controls?: ControlEvidence;
  /** Further words for the reader: a clock that was stepped, a command that had to be killed. */
  notes: string[];
  self: SelfReport;
}
