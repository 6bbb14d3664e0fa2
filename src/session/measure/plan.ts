import type { ExpectedMeasure } from '../../core/measure/expect.ts';
import type { MeasuredRun, MeasureKind } from '../../model/measure-document.ts';
import type { Measurement } from '../../model/measurement.ts';
import type { ProcessKey } from '../../model/process.ts';
import type { Selector, TargetSpec } from '../../model/target.ts';
import type { Clock } from '../../model/time.ts';
import type { Sampling } from './sampling.ts';

/** What all measurements have in common. */
export interface MeasurePlan {
  kind: MeasureKind;
  /** The name of what is measured, for rules that are about one target. */
  target: string;
  /** How that is found, or what was measured, where it is no running program. */
  selector: Selector;
  /** Which one of several of the same name; null: there is only one. */
  id: string | null;
  expect: readonly ExpectedMeasure[];
  /** What rules of the kind `regression` are to compare with; null: nothing. */
  baseline: { name: string; runs: readonly MeasuredRun[] } | null;
  /** Where the run's folder goes. */
  out: string;
  /** Of daemons that may watch the same target, and are told. */
  stateFolders: readonly string[];
  /** For the reader: how to do this again. Secrets redacted. */
  command: string;
  toolVersion: string;
}

export interface MeasureHooks {
  signal: AbortSignal;
  /** null: nobody wants to know. */
  onProgress: ((done: number, all: number) => void) | null;
}

/** What a probe is given. */
export interface ProbeContext {
  clock: Clock;
  /** Of this run; the command's output goes there. */
  folder: string;
  signal: AbortSignal;
  onProgress: (done: number, all: number) => void;
  /** Tells daemons that these processes are measured, until the measurement is over or others are told. */
  announce: (processes: readonly ProcessKey[]) => void;
  /** Begins to look at the target's CPU time and memory; what it is to end with is done by the measurement. */
  sample: (spec: TargetSpec) => Sampling;
  note: (text: string) => void;
}

/** One quantity as a probe found it. */
export type Found = Omit<Measurement, 'target' | 'atMs'>;

export interface Probed {
  measurements: Found[];
  /** What the numbers depend on, of what was chosen; left out: nothing. */
  conditions?: Record<string, string | number>;
  /** Of what else had a part in it. */
  versions?: Record<string, string>;
  facts: Record<string, unknown>;
}

export type Probe = (context: ProbeContext) => Promise<Probed>;

/** Uses what runs already, so that it can be run beside something else. */
export type UsingProbe = (context: Omit<ProbeContext, 'clock' | 'folder'>) => Promise<Probed>;
