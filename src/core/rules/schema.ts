import { z } from 'zod';
import type { ActivityKind, FieldValue } from '../../model/activity.ts';
import type { WindowKind } from '../../model/evidence.ts';
import type { Severity } from '../../model/verdict.ts';
import type { Aggregate } from '../derive/metrics.ts';
import { parseDurationMs } from '../parse/duration.ts';

/** `field|modifier` to a value or a list of them. */
export type ConditionMap = Record<string, FieldValue | FieldValue[]>;
export type Match = ConditionMap | ConditionMap[];

/** Durations are texts such as `30s`, as written. */
/** Activities of a kind, such as those of users. */
export interface Cause {
  activity: ActivityKind;
  match?: Match | undefined;
}

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

const AGGREGATE_TEXT = z
  .string()
  .describe('an operator and a value with its unit, such as "< 0.5" or "<= 50MB"');

const id = z
  .string()
  .regex(/^[a-z0-9]+(?:[-._][a-z0-9]+)*$/, 'lower-case letters, digits and hyphens, such as idle-cpu')
  .max(100);

const duration = z
  .string()
  .refine((text) => parseDurationMs(text) !== null, 'a duration such as 500ms, 30s, 5m, 4h or 30d');

const scalar = z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]);
const conditionMap = z.record(z.string(), z.union([scalar, z.array(scalar).max(10_000)]));
const match = z.union([conditionMap, z.array(conditionMap).max(1000)]);

const activity = z.enum(['network', 'process', 'event', 'log', 'file']);

export const causeSchema: z.ZodType<Cause> = z.strictObject({ activity, match: match.optional() });

const unless = z
  .strictObject({ after: causeSchema, within: duration })
  .describe('what may happen within a time after a cause, such as a user message');

const exceptionShape = {
  match,
  reason: z.string().trim().min(1, 'say why this is allowed').max(1000),
  maxCount: z.int().positive().optional().describe('how many are allowed in a window'),
  expires: z.iso
    .date()
    .optional()
    .describe('a day such as 2026-12-31; it ends in UTC. An expired exception excuses nothing'),
  every: duration.optional().describe('how often it is expected; required unless optional'),
  optional: z.boolean().optional().describe('it need not be used'),
};

const exception = z.strictObject(exceptionShape);
const packException = z.strictObject({ activity, ...exceptionShape });
const packUnless = z.strictObject({ activity, after: causeSchema, within: duration });

const parameter = z.union([z.string().max(200), z.number(), z.null()]);

const common = {
  id,
  title: z.string().min(1).max(200).optional().describe('what holds when the rule passes'),
  failureTitle: z.string().min(1).max(200).optional().describe('what is wrong when it fails'),
  why: z.string().min(1).max(2000).optional().describe('the reason for the rule and its numbers'),
  severity: z.enum(['error', 'warn']).default('error'),
  target: z.string().min(1).optional().describe('one target; each one separately where left out'),
  window: z.enum(['idle', 'stop']).default('idle').describe('`stop`: while a started command is stopped'),
  minDuration: duration.optional().describe('shortest window that can carry the claim; 10 s'),
  minCoverage: z.number().gt(0).max(1).default(0.95).describe('share of the window that must be looked at'),
  acceptSampled: duration
    .optional()
    .describe('the shortest life that must be seen where only sampling is to be had'),
};

const thresholdRule = z.strictObject({
  ...common,
  kind: z.literal('threshold'),
  metric: z.string(),
  expect: z.strictObject({
    mean: AGGREGATE_TEXT.optional(),
    max: AGGREGATE_TEXT.optional(),
    min: AGGREGATE_TEXT.optional(),
    p50: AGGREGATE_TEXT.optional(),
    p90: AGGREGATE_TEXT.optional(),
    p95: AGGREGATE_TEXT.optional(),
    p99: AGGREGATE_TEXT.optional(),
    sum: AGGREGATE_TEXT.optional(),
    rate: AGGREGATE_TEXT.optional(),
    delta: AGGREGATE_TEXT.optional(),
  }),
});

const ofActivities = {
  match: match.optional(),
  unless: unless.optional(),
  except: z.array(exception).max(1000).optional(),
  groupBy: z.array(z.string()).min(1).max(10).optional(),
};

const absenceRule = z.strictObject({ ...common, kind: z.literal('absence'), activity, ...ofActivities });

const periodicityRule = z.strictObject({
  ...common,
  kind: z.literal('periodicity'),
  activity: activity.optional().describe('what must not repeat; or `metric`'),
  metric: z.string().optional().describe('wakeups.rate: the wakes of threads; instead of `activity`'),
  ...ofActivities,
  period: z
    .strictObject({
      min: duration.optional().describe('shorter ones are allowed'),
      max: z
        .union([z.literal('window'), duration])
        .default('window')
        .describe('longer ones are allowed; `window`: what the window can exclude'),
    })
    .default({ max: 'window' }),
  alpha: z
    .number()
    .gt(0)
    .max(0.2)
    .default(0.01)
    .describe('highest false alarm probability of a period, over all groups together'),
});

/** One rule, by its kind. What names other things (metrics, fields, units) is checked by checkRule. */
export const ruleSchema: z.ZodType<Rule> = z.discriminatedUnion('kind', [
  thresholdRule,
  absenceRule,
  periodicityRule,
]);

/** The only definition of a rule pack's shape, defaults and keys; the compiler holds the types above to it. */
export const packSchema: z.ZodType<PackDocument> = z.strictObject({
  pack: id.describe('name of the pack'),
  about: z.string().max(2000).optional().describe('what it is for'),
  params: z
    .record(id, parameter)
    .optional()
    .describe('values that rules may use as {name}; null turns them off'),
  except: z.array(packException).max(1000).optional().describe('exceptions of all rules of an activity'),
  unless: z.array(packUnless).max(100).optional().describe('causes that excuse for all rules of an activity'),
  rules: z.array(ruleSchema).min(1).max(1000),
});
