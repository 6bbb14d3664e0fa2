import type { ActivityKind, FieldValue } from '../../model/activity.ts';
import type { WindowKind } from '../../model/evidence.ts';
import type { Statistic } from '../../model/measurement.ts';
import type { Severity } from '../../model/verdict.ts';
import type { Aggregate } from '../derive/metrics.ts';

/** `field|modifier` to a value or a list of them. */
export type ConditionMap = Record<string, FieldValue | FieldValue[]>;
export type Match = ConditionMap | ConditionMap[];

/** Activities of a kind, such as those of users. */
export interface Cause {
  activity: ActivityKind;
  match?: Match | undefined;
}

/** Durations are texts such as `30s`, as written. */
export interface Unless {
  after: Cause;
  within: string;
}

export interface PackUnless extends Unless {
  activity: ActivityKind;
}

export interface Exception {
  match: Match;
  reason: string;
  maxCount?: number | undefined;
  expires?: string | undefined;
  every?: string | undefined;
  optional?: boolean | undefined;
}

export interface PackException extends Exception {
  activity: ActivityKind;
}

export interface RuleBase {
  id: string;
  title?: string | undefined;
  failureTitle?: string | undefined;
  why?: string | undefined;
  severity: Severity;
  target?: string | undefined;
  window: WindowKind;
  minDuration?: string | undefined;
  minCoverage: number;
  acceptSampled?: string | undefined;
}

export interface ThresholdRule extends RuleBase {
  kind: 'threshold';
  metric: string;
  expect: Partial<Record<Aggregate, string | undefined>>;
}

/** A level that must not rise, or fall, by more than this over the window. */
export interface TrendRule extends RuleBase {
  kind: 'trend';
  metric: string;
  expect: { slope?: string | undefined };
  /** Probability that noise alone breaks the rule, at most. */
  alpha: number;
}

/** Which part of the window a deadline is about: before the first trigger, until it is due after the last, or from then on. */
type DeadlinePhase = 'before' | 'during' | 'after';

/** A state that must be reached in time after a trigger. */
export interface DeadlineRule extends RuleBase {
  kind: 'deadline';
  metric: string;
  after: Cause;
  /** A duration, or a parameter that is one. */
  within: string;
  phase: DeadlinePhase;
  expect: Partial<Record<Aggregate, string | undefined>>;
}

export interface MeasurementRule extends RuleBase {
  kind: 'measurement';
  measurement: string;
  /** The id of one of several of that name; left out: each. */
  of?: string | undefined;
  expect: Partial<Record<Statistic, string | undefined>>;
}

/** Changes against the baseline, such as `< +10%`. */
export interface RegressionRule extends RuleBase {
  kind: 'regression';
  measurement: string;
  of?: string | undefined;
  expect: Partial<Record<Statistic, string | undefined>>;
}

/** What rules about activities have in common: which ones, and what excuses them. */
export interface OfActivities {
  activity: ActivityKind;
  match?: Match | undefined;
  unless?: Unless | undefined;
  except?: Exception[] | undefined;
  groupBy?: string[] | undefined;
}

export interface AbsenceRule extends RuleBase, OfActivities {
  kind: 'absence';
}

/** About activities, or about the bursts of a metric. */
export interface PeriodicityRule extends RuleBase, Omit<OfActivities, 'activity'> {
  kind: 'periodicity';
  activity?: ActivityKind | undefined;
  metric?: string | undefined;
  period: {
    min?: string | undefined;
    /** `window`: whatever the window can exclude. */
    max: string;
  };
  /** Highest false alarm probability that is taken for a period, over all groups together. */
  alpha: number;
}

export type Rule =
  | ThresholdRule
  | AbsenceRule
  | PeriodicityRule
  | TrendRule
  | DeadlineRule
  | MeasurementRule
  | RegressionRule;

/** A rule that compares numbers with what is expected of them. */
export type NumericRule = Extract<Rule, { expect: object }>;

/** A rule that asks for activities. */
export type ActivityRule = AbsenceRule | (PeriodicityRule & { activity: ActivityKind });

/** Whether a rule looks for activities: one about periods may look for wakes. */
export function isAboutActivities(rule: Rule): rule is ActivityRule {
  return 'activity' in rule && rule.activity !== undefined;
}

/** Whether a rule holds a number against a limit. */
export function isNumeric(rule: Rule): rule is NumericRule {
  return 'expect' in rule;
}

/** A number in a metric's base unit, or a quantity as text; `off`: what uses it is off unless it is given. */
export type Parameter = string | number;

export interface PackDocument {
  pack: string;
  about?: string | undefined;
  /** Packs whose rules, exceptions and parameters these are added to. */
  extends?: string | string[] | undefined;
  /** What is changed of rules of those packs, by id. */
  override?: Record<string, Record<string, unknown>> | undefined;
  params?: Record<string, Parameter> | undefined;
  except?: PackException[] | undefined;
  unless?: PackUnless[] | undefined;
  rules: Rule[];
}

/** A file that rules come from. */
export interface PackFile {
  pack: string;
  /** Where it was read, as it was named. */
  file: string;
  /** Where that is, from the root. */
  path: string;
  /** SHA-256 of the file's bytes, in hex. */
  sha256: string;
}

/** A pack that was read and checked. */
export interface RulePack extends PackDocument, PackFile {
  /** The parameters that it was named with, as `idle-budget:memory=50MB`; left out: none. */
  given?: Readonly<Record<string, string>> | undefined;
  /** The files that it extends, directly or not, each once; left out: none. */
  bases?: readonly PackFile[] | undefined;
}
