import { z } from 'zod';
import { type Aggregate, AGGREGATES } from '../derive/metrics.ts';
import { type Statistic, STATISTICS } from '../../model/measurement.ts';
import { DURATION_PATTERN, parseDurationMs } from '../parse/duration.ts';
import type { Cause, PackDocument, Rule } from './pack.ts';

const expectation = z
  .string()
  .describe('an operator and a value with its unit, such as "< 0.5" or "<= 50MB"')
  .optional();

const EXPECTATIONS = Object.fromEntries(AGGREGATES.map((name) => [name, expectation])) as Record<
  Aggregate,
  typeof expectation
>;

const MEASURED = Object.fromEntries(STATISTICS.map((name) => [name, expectation])) as Record<
  Statistic,
  typeof expectation
>;

const id = z
  .string()
  .regex(/^[a-z0-9]+(?:[-._][a-z0-9]+)*$/, 'lower-case letters, digits and hyphens, such as idle-cpu')
  .max(100);

const duration = z
  .string()
  .refine((text) => parseDurationMs(text) !== null, 'a duration such as 500ms, 30s, 5m, 4h or 30d')
  .meta({ pattern: DURATION_PATTERN });

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
  reason: z
    .string()
    .trim()
    .min(1, 'say why this is allowed')
    .max(1000)
    .describe('why it is allowed; nothing that stands for a reason, such as TODO'),
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
  id: id.describe('lower-case letters, digits and hyphens; once a pack'),
  title: z.string().min(1).max(200).optional().describe('what holds when the rule passes'),
  failureTitle: z.string().min(1).max(200).optional().describe('what is wrong when it fails'),
  why: z.string().min(1).max(2000).optional().describe('the reason for the rule and its numbers'),
  severity: z
    .enum(['error', 'warn'])
    .default('error')
    .describe('`warn` never changes the verdict of a window'),
  target: z.string().min(1).optional().describe('one target; each one separately where left out'),
  window: z.enum(['idle', 'stop']).default('idle').describe('`stop`: while a started command is stopped'),
  minDuration: duration.optional().describe('shortest window that can carry the claim; 10 s'),
  minCoverage: z.number().gt(0).max(1).default(0.95).describe('share of the window that must be looked at'),
  acceptSampled: duration
    .optional()
    .describe('the shortest life that must be seen where only sampling is to be had'),
};

const thresholdRule = z
  .strictObject({
    ...common,
    kind: z.literal('threshold'),
    metric: z.string().describe('what is measured; see the table of metrics'),
    expect: z.strictObject(EXPECTATIONS).describe('limits of aggregates of the metric over the window'),
  })
  .describe('aggregates of a metric keep their limits');

const ofActivities = {
  match: match.optional().describe('which of them; all where left out, but for keepalives'),
  unless: unless.optional(),
  except: z.array(exception).max(1000).optional().describe('what is meant to happen'),
  groupBy: z.array(z.string()).min(1).max(10).optional().describe('the fields that tell findings apart'),
};

const absenceRule = z
  .strictObject({
    ...common,
    kind: z.literal('absence'),
    activity: activity.describe('what must not happen'),
    ...ofActivities,
  })
  .describe('nothing matching may happen');

const periodicityRule = z
  .strictObject({
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
      .default({ max: 'window' })
      .describe('which periods are not allowed'),
    alpha: z
      .number()
      .gt(0)
      .max(0.2)
      .default(0.01)
      .describe('highest false alarm probability of a period, over all groups together'),
  })
  .describe('nothing matching may repeat');

const trendRule = z
  .strictObject({
    ...common,
    kind: z.literal('trend'),
    metric: z.string().describe('a level; see the table of metrics'),
    expect: z
      .strictObject({
        slope: expectation.describe('an operator and a rate with its unit, such as "< 1MB/h"'),
      })
      .describe('the limit of its `slope`, such as "< 1MB/h"'),
    alpha: z
      .number()
      .gt(0)
      .max(0.2)
      .default(0.01)
      .describe('highest probability that noise alone breaks the rule'),
  })
  .describe('a level does not rise, or fall, by more than this');

const deadlineRule = z
  .strictObject({
    ...common,
    kind: z.literal('deadline'),
    metric: z.string().describe('what is measured; see the table of metrics'),
    after: causeSchema.describe('the trigger, of any target'),
    within: z
      .string()
      .refine(
        (text) => parseDurationMs(text) !== null || /^\{[^{}]+\}$/.test(text),
        'a duration such as 30s or 5m, or a parameter such as {timeout}',
      )
      .describe('when the state is due after the last trigger'),
    phase: z
      .enum(['before', 'during', 'after'])
      .default('after')
      .describe('`before` the first trigger, `during` the time until it is due, or `after` that'),
    expect: z.strictObject(EXPECTATIONS).describe('limits of aggregates of the metric in that time'),
  })
  .describe('a state is reached in time after a trigger');

const measurementRule = z
  .strictObject({
    ...common,
    kind: z.literal('measurement'),
    measurement: z.string().describe('name of the measurement'),
    expect: z.strictObject(MEASURED).describe('limits of its statistics'),
  })
  .describe('what was measured keeps its limits');

const regressionRule = z
  .strictObject({
    ...common,
    kind: z.literal('regression'),
    measurement: z.string().describe('name of the measurement'),
    expect: z.strictObject(MEASURED).describe('changes against the baseline, such as "< +10%"'),
  })
  .describe('what was measured is no worse than the baseline');

/** One rule, by its kind. What names other things (metrics, fields, units) is checked by checkRule. */
export const ruleSchema: z.ZodType<Rule> = z.discriminatedUnion('kind', [
  thresholdRule,
  absenceRule,
  periodicityRule,
  trendRule,
  deadlineRule,
  measurementRule,
  regressionRule,
]);

/** The only definition of a rule pack's shape, defaults and keys; the compiler holds the types of pack.ts to it. */
export const packSchema: z.ZodType<PackDocument> = z.strictObject({
  pack: id.describe('name of the pack'),
  about: z.string().max(2000).optional().describe('what it is for'),
  extends: z
    .union([z.string().min(1).max(1000), z.array(z.string().min(1).max(1000)).min(1).max(10)])
    .optional()
    .describe('packs that ship, or files, whose rules, exceptions and parameters these are added to'),
  override: z
    .record(id, z.record(z.string(), z.unknown()))
    .optional()
    .describe('what is changed of the rules of those packs, by id'),
  params: z
    .record(id, parameter)
    .optional()
    .describe('values that rules may use as {name}; null turns them off'),
  except: z.array(packException).max(1000).optional().describe('exceptions of all rules of an activity'),
  unless: z.array(packUnless).max(100).optional().describe('causes that excuse for all rules of an activity'),
  rules: z.array(ruleSchema).max(1000).default([]).describe('required unless the pack extends another'),
});
