import type { FieldValue } from './activity.ts';
import type { ProofTime } from './proof.ts';
import type { Severity, Verdict } from './verdict.ts';

/** A metric of a target over several windows: of the means of the windows. */
export interface MetricMedian {
  target: string;
  metric: string;
  median: number;
  /** Windows in which it was known. */
  windows: number;
  /** Some of the values were lower bounds: the median may be larger. */
  atLeast: boolean;
}

/** Windows that belong together. */
export interface SummaryPart {
  windows: number;
  verdicts: Record<Verdict, number>;
  /** Time in at least one window. */
  watchedSeconds: number;
  lowestCoverageShare: number;
}

interface SummaryDay extends SummaryPart {
  /** `YYYY-MM-DD` in the local time of the host; a window belongs to the day in which it opened. */
  date: string;
  metrics: MetricMedian[];
}

export interface SummaryWindow extends SummaryPart {
  id: string;
  last: { verdict: Verdict; opened: ProofTime; path: string };
}

/** The same finding in one or more windows. */
export interface SummaryFinding {
  ruleId: string;
  target: string;
  severity: Severity;
  subject: Record<string, FieldValue>;
  /** As its last window has it. */
  text: string;
  windows: number;
  count: number;
  firstAt: ProofTime;
  lastAt: ProofTime;
}

/** How a metric's mean changed from window to window. */
export interface SummaryTrend extends MetricMedian {
  /** Theil–Sen, in the metric's unit a day, with its 95 % interval. Null: too few windows. */
  slopePerDay: { value: number; low: number; high: number } | null;
  /** Windows whose value is not known, or only a lower bound: they are not in the slope. */
  leftOut: number;
}

/** Many proofs as one. */
export interface ProofSummary {
  schemaVersion: 1;
  /** Fail if any window failed; else inconclusive if any is, if there is none, if a proof cannot be read, or if one is missing; else pass. */
  verdict: Verdict;
  headline: string;
  hosts: string[];
  period: { from: ProofTime; to: ProofTime; seconds: number } | null;
  total: SummaryPart;
  /** The longest stretch of the period in no window; null: there is none. */
  longestUnwatched: { from: ProofTime; to: ProofTime; seconds: number } | null;
  days: SummaryDay[];
  windows: SummaryWindow[];
  findings: SummaryFinding[];
  /** Kinds of findings beyond those listed. */
  findingsLeftOut: number;
  trends: SummaryTrend[];
  /** The longest period that a single window excludes. */
  longestExcludedPeriod: { seconds: number; confidence: number; path: string } | null;
  /** The longest period that the windows that passed exclude together; null: none, or not known from proofs alone. */
  excludedTogether: { seconds: number; confidence: number; windows: number } | null;
  notWatched: { what: string; windows: number }[];
  /** Proofs that a later one of the same window replaces. */
  superseded: string[];
  /** Proofs of windows that turned out to be none; they count for nothing. */
  withdrawn: string[];
  /** Proofs that could not be read. */
  broken: { path: string; problem: string }[];
  /** Folders of runs that wrote no proof (cut off, or still going on), and of windows that nobody can judge any more; windows of a daemon whose proof could not be written, or that are not judged yet. */
  unproved: string[];
}

/** What many proofs can be written as; the other formats are of single ones. */
export const SUMMARY_FORMATS = ['md', 'json', 'html'] as const;
export type SummaryFormat = (typeof SUMMARY_FORMATS)[number];
