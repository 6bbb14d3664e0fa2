import type { ReadyCondition } from '../core/parse/ready.ts';
import type { CollectorSet } from '../model/collector.ts';
import type { Measurement } from '../model/measurement.ts';
import type { ProcessKey, WatchedProcess } from '../model/process.ts';
import type { TargetSpec } from '../model/target.ts';

/** One check: what to watch, for how long, and where its files go. */
export interface CheckPlan {
  targets: readonly TargetSpec[];
  durationMs: number;
  /** `auto`: until the activity has died down. */
  settleMs: number | 'auto';
  tickMs: number;
  /** Which set of collectors; `portable` on Linux, too, where it is asked for. */
  collectors: CollectorSet;
  ready: ReadyCondition | null;
  /** Events of that long before the run that a rule may rest on. */
  lookBackMs: number;
  /** It is `idleproof run`, whose options stand in its file; left out: it is not. */
  isPhaseGate?: true;
  /** What is done with the app between the first look and the settling; nothing where left out. */
  steps?: readonly RunStep[];
  /** Where this run's files go; it exists and is empty. */
  folder: string;
  /** For the proof: how to run this again. Secrets redacted. */
  command: string;
  toolVersion: string;
}

export type Phase =
  | 'starting'
  | 'using'
  | 'waiting'
  | 'settling'
  | 'watching'
  | 'late rows'
  | 'stopping'
  | 'judging';

/** What a step is given. */
export interface StepContext {
  signal: AbortSignal;
  /** The commands that the run started. */
  commands: readonly ProcessKey[];
  nowMs: () => number;
  /** Looks at the targets, once a tick, until the work is done. `onLook` is called after each look. */
  lookWhile: <T>(phase: Phase, work: Promise<T>, onLook?: () => void) => Promise<T>;
  /** Looks so long at most, and until `isDone`. */
  lookUntil: (phase: Phase, limitMs: number, isDone: () => boolean) => Promise<void>;
  measured: (measurement: Measurement) => void;
}

export type RunStep = (context: StepContext) => Promise<void>;

export interface CheckHooks {
  /** Aborted by the user: the window closes early. */
  signal: AbortSignal;
  /** null: nobody wants to know. */
  onProgress: ((phase: Phase, elapsedMs: number, totalMs: number) => void) | null;
  /** Hears which processes will be watched, before the first look. */
  onTargets?: (processes: readonly WatchedProcess[]) => void;
}
