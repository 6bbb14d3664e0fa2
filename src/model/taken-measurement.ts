import type { MeasureKind } from './measure-document.ts';
import type { Measurement, MeasurementBaseline } from './measurement.ts';
import type { TimeSpan } from './time.ts';
import type { Verdict } from './verdict.ts';

/** A measurement against the baseline, in a line. */
export interface TakenComparison {
  baseline: string;
  verdict: Verdict;
  headline: string;
}

/** What came of a measurement on schedule, as the store keeps it (documents of kind `taken`). The last one of an id counts. */
export interface TakenMeasurement extends TimeSpan {
  /** As it was configured. */
  measurementId: string;
  kind: MeasureKind;
  /** null: of no target in particular. */
  target: string | null;
  /** Digest of what was measured; one of the same id that has another is of something else. Left out by versions that did not tell. */
  asked?: string;
  /** When it is to be taken again; null: not known. */
  nextDueMs: number | null;
  /** Where its results lie; null: there are none. */
  folder: string | null;
  /** Why nothing was measured; null: something was. */
  problem: string | null;
  /** With that problem, where there is one: no rule goes by what was measured before. */
  measurements: Measurement[];
  /** What rules compare them with. */
  baselines: MeasurementBaseline[];
  /** null: there was no baseline of it. */
  comparison: TakenComparison | null;
  /** It is not configured any more, or is something else now. */
  isWithdrawn?: true;
}
