import type { Tier } from './collector.ts';
import type { FieldValue } from './activity.ts';
import type { CollectorReport, HostInfo, HostNoise, SelfReport, WindowKind } from './evidence.ts';
import type { RuleVerdict, Severity, Verdict } from './verdict.ts';
import type { WokenBy } from './wake.ts';

/** A time as a proof shows it: UTC, with the local time beside it. */
export interface ProofTime {
  utc: string;
  local: string;
}

/** What repeats; compare core/periodicity. */
export interface Period {
  seconds: number;
  /** Where it lies with 95 % confidence. */
  secondsInterval: { from: number; to: number };
  jitterSeconds: number;
  beats: number;
  missed: number;
  /** When a beat comes, counted from when the window was first looked at, modulo the period. */
  phaseSeconds: number;
  /** `clock`: beats keep their phase. `renewal`: each interval begins at the last beat, so that jitter adds up. */
  model: 'clock' | 'renewal';
  /** How often events without a period would look as periodic as this. */
  falseAlarmProbability: number;
  /** Between one beat and the next, in order, but for those with a gap between; of the first 1,000 beats. */
  intervalsSeconds: number[];
  /** Phases in [0, 1) of the events of the subject, beats or not, counted as `phaseSeconds`; 1,000 at most. */
  phases: number[];
}

export interface Actor {
  pid: number;
  name: string;
  cmdline: string;
  thread: string | null;
}

/** Why something ran: what woke the thread that woke most. */
export interface Cause {
  wokenBy: WokenBy;
  /** Who did; null where that is nobody, or not known. */
  waker: string | null;
  /** Share of the thread's wakes from this call that were so, above 0 and up to 1. */
  share: number;
  /** The system call that it slept in; null where it is not known. */
  call: string | null;
  timeoutSeconds: number | null;
  thread: string | null;
  /** All wakes of the thread from this call. */
  perMinute: number;
}

/** What breaks a rule. */
export interface Finding {
  id: string;
  ruleId: string;
  target: string;
  kind: string;
  /** The fields of groupBy, or the metric and its aggregate. */
  subject: Record<string, FieldValue>;
  count: number;
  firstAt: ProofTime | null;
  lastAt: ProofTime | null;
  period: Period | null;
  actors: Actor[];
  cause: Cause | null;
  /** At most five, one line each. */
  examples: string[];
  /** The finding as a sentence. */
  text: string;
}

/** What an exception of a rule did in this window. */
export interface ExceptionUse {
  reason: string;
  matched: number;
  problem: string | null;
  /** It excused by itself all that the rule looked for, however often: see whether it is too wide. */
  excusedAll?: true | undefined;
}

/** Which periods a rule would have found. */
export interface PeriodsTold {
  fromSeconds: number;
  upToSeconds: number;
  /** Something that matched was excused: it may have repeated. */
  butExcused: boolean;
}

/** One rule judged for one target. */
export interface RuleResult {
  id: string;
  pack: string;
  target: string;
  /** Its kind. */
  window: WindowKind;
  windowId: string;
  title: string;
  kind: string;
  severity: Severity;
  verdict: RuleVerdict;
  /** As the gate sheet shows it: `0`, `3 connects`, `mean 0.12 %`. */
  measured: string;
  expected: string;
  /** Why the verdict is what it is; null for a plain pass. */
  reason: string | null;
  /** How the evidence knew; null where the rule did not apply. */
  tier: Tier | null;
  /** Of a periodicity rule: which periods would have been found. Null: of another kind, or not judged. */
  periodsTold: PeriodsTold | null;
  /** Set on a pass that rests on sampling: what lived shorter may have been missed, and that was accepted. */
  acceptedSeconds: number | null;
  exceptions: ExceptionUse[];
  findings: Finding[];
}

export interface Coverage {
  ticks: { expected: number; taken: number; longestGapSeconds: number };
  /** Share of the window that was looked at, 0 to 1. */
  share: number;
  collectors: CollectorReport[];
  excludes: {
    /** null: nothing is excluded. */
    periodSeconds: { max: number; confidence: number } | null;
    /** The shortest outbound connection that would have been seen; 0 when nothing could be missed. Null: nothing is excluded. */
    connectionLifetimeSeconds: { min: number } | null;
  };
}

/** Activity that died down in the window: what its beginning shows is not the idle state. */
export interface TargetSettling {
  /** What died down most slowly. */
  metric: string;
  /** Mean before it was steady, and after, in the metric's unit. */
  before: number;
  after: number;
  /** Since the opening of the window; null: it was not steady when half of the window was over. */
  steadyAfterSeconds: number | null;
}

export interface ProofTarget {
  name: string;
  selector: string;
  processes: { pid: number; name: string; cmdline: string; startedAt: ProofTime }[];
  /** The program files that they ran; null: the digest could not be read. Left out by versions that did not tell. */
  executables?: { path: string; sha256: string | null }[];
  /** null: unknown. `atLeast`: the true values may be larger, since something was not counted. */
  metrics: Record<string, { mean: number; max: number; p95: number; atLeast: boolean } | null>;
  /** Why its threads woke, the most frequent reasons; empty where nobody recorded it. */
  wakes: ProofWakes[];
  /** null: it was as active at the beginning as at the end. */
  settling: TargetSettling | null;
  notes: string[];
}

/** Wakes of one kind of one thread in the window. */
export interface ProofWakes {
  pid: number;
  /** null: several threads. */
  thread: string | null;
  call: string | null;
  timeoutSeconds: number | null;
  timeoutIs: 'asked' | 'measured' | null;
  wokenBy: WokenBy;
  waker: string | null;
  /** Wakes recorded; all there were only where `sampledShare` is 1. */
  count: number;
  /** An estimate where only a sample was recorded. */
  perMinute: number;
  /** Median time between two of them; null where there are too few. */
  intervalSeconds: number | null;
  sampledShare: number;
  /** Records of the trace were lost: there may have been more. */
  atLeast: boolean;
}

export interface Proof {
  schemaVersion: 1;
  verdict: Verdict;
  /** One sentence: the verdict, why, and what was not watched. */
  headline: string;
  scope: string;
  tool: { name: 'idleproof'; version: string; node: string };
  /** With what else happened on it; null: not measured. */
  host: HostInfo & { noise: HostNoise | null };
  window: {
    id: string;
    trigger: string;
    opened: ProofTime;
    closed: ProofTime;
    durationSeconds: number;
    settleSeconds: number;
    closedBy: string;
  };
  targets: ProofTarget[];
  notWatched: string[];
  warnings: string[];
  coverage: Coverage;
  /** Planted activity that had to be seen: how many of each, and what saw all of them; empty where nothing was to be planted. */
  controls: { name: string; planted: number; caught: boolean; by: string[] }[];
  rules: RuleResult[];
  findings: Finding[];
  summary: Record<RuleVerdict | 'warned', number>;
  watchdog: SelfReport;
  /** `fileSha256`: of the whole file, where it was finished when the proof was made; a daemon goes on writing into its own. */
  evidence: { chainHead: string; rows: number; fileSha256?: string };
  rulesDigest: string;
  /** The rule files that it was judged by, in their order; left out by versions that did not tell. */
  rulePacks?: { pack: string; sha256: string; params?: Record<string, string> }[];
  command: string;
}
