import type { FieldValue } from './activity.ts';
import type { TimeSpan } from './time.ts';
import type { RuleVerdict, Severity, Verdict } from './verdict.ts';

/** What a finding is about, without what differs from window to window. */
export interface FindingSeen {
  subject: Record<string, FieldValue>;
  /** How often it was seen; left out: not counted. */
  count?: number;
  /** Seconds; left out: it does not repeat. */
  period?: number;
  /** The finding as a sentence; left out: the subject has to do. */
  text?: string;
}

/** One rule judged for one target in one window. */
export interface RuleOutcome {
  id: string;
  target: string;
  verdict: RuleVerdict;
  severity: Severity;
  /** In the unit of the rule's metric; left out: it measures nothing. */
  measuredValue?: number;
  findings: readonly FindingSeen[];
}

export interface MetricSummary {
  mean: number;
  p95: number;
  max: number;
  /** The true values may be larger: something was not counted. */
  atLeast?: boolean;
}

/** What is remembered of a judged window, to compare later ones with it. */
export interface WindowVerdict extends TimeSpan {
  windowId: string;
  verdict: Verdict;
  rules: readonly RuleOutcome[];
  /** By target and metric; what is not known is left out. */
  metrics?: Readonly<Record<string, Readonly<Record<string, MetricSummary>>>>;
  /**
   * Every collector saw the whole window: what a broken rule does not list was not there. Left out: not known. A rule that
   * passed needs no such word.
   */
  isCovered?: boolean;
}
