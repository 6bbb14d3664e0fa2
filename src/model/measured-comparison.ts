import type { Statistic } from './measurement.ts';
import type { Verdict } from './verdict.ts';

/** What a comparison can be printed as. */
export const MEASURED_COMPARISON_FORMATS = ['text', 'md', 'html', 'json'] as const;
export type MeasuredComparisonFormat = (typeof MEASURED_COMPARISON_FORMATS)[number];

/** `notJudged`: there were too few values for it before, and others carry the verdict. */
export type ChangeStatus = 'regression' | 'better' | 'same' | 'inconclusive' | 'notJudged';

/** A statistic of one side, in its base unit: the mean of its runs. */
export interface ComparedValue {
  value: number;
  /** Values of all runs together. */
  count: number;
  runs: number;
}

export interface MeasuredChange {
  /** `percent` of what it was, or `points` of what is a percentage itself. */
  unit: 'percent' | 'points';
  value: number;
  /** Where it lies, together with all other rows of the comparison. */
  low: number;
  high: number;
}

/** A change in percent, and one in points, for what is a percentage itself. */
export type ChangeLimit = Readonly<Record<MeasuredChange['unit'], number>>;

/** What a limit that was given comes to. `close`: missed by less than a tenth of it. */
export interface TargetOutcome {
  /** `http.latency.p95 < 200ms` */
  text: string;
  outcome: 'met' | 'close' | 'missed' | 'unknown';
}

/** One statistic of one measurement, before and after. */
export interface ComparedRow {
  measurement: string;
  id: string | null;
  target: string | null;
  statistic: Statistic;
  /** null: it was not measured. */
  before: ComparedValue | null;
  after: ComparedValue | null;
  /** null: it cannot be told. */
  change: MeasuredChange | null;
  limits: TargetOutcome[];
  status: ChangeStatus;
  /** Why, where the numbers do not say it themselves. */
  reason: string | null;
  /** How many runs a side would tell what noise hides. null: nothing is hidden, or more than anybody measures. */
  runsNeeded: number | null;
}

/** One run of a side. */
export interface ComparedRun {
  kind: string;
  timestamp: string;
  host: string;
  toolVersion: string;
}

/** Measurements held against a baseline. */
export interface MeasuredComparison {
  schemaVersion: 1;
  verdict: Verdict;
  headline: string;
  /** The name of the baseline. */
  baseline: string;
  before: ComparedRun[];
  after: ComparedRun[];
  /** By how much something may become worse. */
  allowance: ChangeLimit;
  /** By how much it may at most be worse for all that was seen, where it passes. */
  tolerance: ChangeLimit;
  notes: string[];
  rows: ComparedRow[];
}
