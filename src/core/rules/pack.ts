import type { ActivityKind, FieldValue } from '../../model/activity.ts';
import type { WindowKind } from '../../model/evidence.ts';
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

interface PackUnless extends Unless {
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

interface PackException extends Exception {
  activity: ActivityKind;
}

interface RuleBase {
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

/** What rules about activities have in common: which ones, and what excuses them. */
interface OfActivities {
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

export type Rule = ThresholdRule | AbsenceRule | PeriodicityRule;

/** A rule that asks for activities. */
export type ActivityRule = AbsenceRule | (PeriodicityRule & { activity: ActivityKind });

export function isAboutActivities(rule: Rule): rule is ActivityRule {
  return rule.kind !== 'threshold' && rule.activity !== undefined;
}

/** A number in a metric's base unit, or a quantity as text; null: off unless given. */
export type Parameter = string | number | null;

export interface PackDocument {
  pack: string;
  about?: string | undefined;
  params?: Record<string, Parameter> | undefined;
  except?: PackException[] | undefined;
  unless?: PackUnless[] | undefined;
  rules: Rule[];
}

/** A pack that was read and checked. */
export interface RulePack extends PackDocument {
  /** Where it was read, as it was named. */
  file: string;
  /** SHA-256 of the file's bytes, in hex. */
  sha256: string;
}
