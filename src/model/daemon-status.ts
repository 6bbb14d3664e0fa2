import type { CollectorName } from './collector.ts';
import type { Window } from './evidence.ts';
import type { MeasureKind } from './measure-document.ts';
import type { TakenMeasurement } from './taken-measurement.ts';
import type { TimeSpan } from './time.ts';
import type { Verdict } from './verdict.ts';

/** The configuration that the daemon runs on. */
interface ConfigStatus {
  path: string;
  /** SHA-256 of the file's bytes, in hex. */
  sha256: string;
  loadedAtMs: number;
}

/** What one target does, by the last looks. Null: not known, which is never zero. */
export interface TargetStatus {
  name: string;
  /** In words, as proofs have it: `port 8000`. */
  selector: string;
  isPresent: boolean;
  processes: number;
  /** Of one core, the whole tree. */
  cpuPercent: number | null;
  pssBytes: number | null;
  rssBytes: number | null;
  wakeupsPerSecond: number | null;
}

/** What became of one instance of a window. */
export interface WindowVerdict extends TimeSpan {
  windowId: string;
  verdict: Verdict;
  headline: string;
  /** Where its proof lies; null: it could not be written. */
  folder: string | null;
  /** Share of the window that was looked at, 0 to 1. */
  coverageShare: number;
  /** The longest period that the window excludes; null: none. */
  excludedPeriodSeconds: number | null;
  /** Number of findings by rule id; rules without any are left out. */
  findings: Record<string, number>;
}

/** `waiting` for its trigger, `settling` before it opens, `open`. */
type WindowState = 'waiting' | 'settling' | 'open';

/** One configured window. */
export interface WindowStatus {
  id: string;
  trigger: Exclude<Window['trigger'], 'check'>;
  state: WindowState;
  sinceMs: number;
  /** When the next state comes if nothing else happens: it opens, or is closed at the latest. Null: not known. */
  nextAtMs: number | null;
  /** The last activity of a user; null: none since the daemon runs, or the trigger does not ask. */
  userQuietSinceMs: number | null;
  lastVerdict: WindowVerdict | null;
  /** Since the daemon runs. */
  verdictCounts: Record<Verdict, number>;
}

/** A measurement on schedule. */
export interface MeasurementStatus {
  id: string;
  kind: MeasureKind;
  target: string | null;
  /** `due`: its time has come, and it waits until no window is open. */
  state: 'scheduled' | 'due' | 'measuring';
  /** Since when it is due, or measured; null: neither. */
  sinceMs: number | null;
  nextAtMs: number | null;
  /** What came of it last, before this daemon, too; null: it was never taken. */
  last: TakenMeasurement | null;
  /** Since the daemon runs. */
  counts: { taken: number; failed: number };
}

interface StoreStatus {
  path: string;
  segments: number;
  rows: number;
  bytes: number;
  lastCommitAtMs: number | null;
  /** Since when something waits to be committed; null: nothing does. */
  uncommittedSinceMs: number | null;
  /** How often what waits is committed. */
  commitEveryMs: number;
}

/** What the daemon itself used since it runs. */
interface SelfStatus {
  cpuSeconds: number;
  rssBytes: number;
  /** Null: the platform does not tell. */
  wakeups: number | null;
}

/** Something that a person should mend. */
export interface DaemonProblem {
  /** `reload`: a changed configuration was refused; `watch`: nothing can be watched; `collector`: one is unavailable or partial; `store`, `alerts`: writing or sending fails; `command`: one that is a target has ended; `measurement`: one on schedule failed; `baseline`, `summary`: one cannot be read or written. */
  kind:
    | 'reload'
    | 'watch'
    | 'collector'
    | 'store'
    | 'alerts'
    | 'window'
    | 'command'
    | 'measurement'
    | 'baseline'
    | 'summary';
  /** Which collector, window, alert or target it is about; null: none. */
  subject: CollectorName | (string & {}) | null;
  text: string;
  sinceMs: number;
}

/** What a running daemon tells of itself. Times are epoch milliseconds of its clock. */
export interface DaemonStatus {
  schemaVersion: 1;
  version: string;
  pid: number;
  startedAtMs: number;
  /** When this was told. */
  atMs: number;
  /** Minutes east of UTC. */
  utcOffsetMinutes: number;
  config: ConfigStatus;
  stateFolder: string;
  reportsFolder: string;
  tickMs: number;
  looks: number;
  lastLookAtMs: number | null;
  targets: TargetStatus[];
  windows: WindowStatus[];
  measurements: MeasurementStatus[];
  alerts: { firing: number; outbox: number };
  store: StoreStatus;
  self: SelfStatus;
  problems: DaemonProblem[];
}

interface HealthPart {
  ok: boolean;
  reason: string | null;
}

/** Whether the daemon does what it is there for. */
export interface DaemonHealth {
  ok: boolean;
  loop: HealthPart;
  store: HealthPart;
}
