import { z } from 'zod';
import type { ActivityKind } from '../../model/activity.ts';
import { STATISTICS, type Statistic } from '../../model/measurement.ts';
import { type Aggregate, AGGREGATES } from '../derive/metrics.ts';
import { DURATION_PATTERN } from '../parse/duration.ts';
import { durationText, type UnitText } from '../parse/unit-text.ts';
import type {
  Cause,
  Exception,
  Match,
  OfActivities,
  PackException,
  PackUnless,
  RuleBase,
  Unless,
} from './pack.ts';
import { unitTextSchema } from './unit-text-schema.ts';

/** The schemas of the keys of a map. */
type Keys<T> = { [K in keyof T]-?: z.ZodType<T[K]> };

/** Names of packs, rules and parameters. */
export const id: z.ZodType<string> = z
  .string()
  .regex(/^[a-z0-9]+(?:[-._][a-z0-9]+)*$/, 'lower-case letters, digits and hyphens, such as idle-cpu')
  .max(100);

export const DURATION: UnitText = durationText('a duration such as 500ms, 30s, 5m, 4h or 30d');

export const duration: z.ZodType<string> = unitTextSchema(DURATION).meta({ pattern: DURATION_PATTERN });

/** An operator and a value, which is read with the dimension of what it is about. */
export const limitKey: z.ZodType<string | undefined> = z
  .string({
    error: ({ code, input }) =>
      code === 'invalid_type' && typeof input === 'number'
        ? `«${input}» lacks an operator; did you mean "< ${input}", with its unit?`
        : undefined,
  })
  .describe('an operator and a value with its unit, such as "< 0.5" or "<= 50MB"')
  .optional();

/** The highest probability of a false alarm that a rule allows. */
export const alphaKey: z.ZodDefault<z.ZodNumber> = z.number().gt(0).max(0.2).default(0.01);

/** Limits of aggregates of a metric. */
export const AGGREGATE_LIMITS: Keys<Record<Aggregate, string | undefined>> = allOf(AGGREGATES);

/** Limits of statistics of a measurement. */
export const STATISTIC_LIMITS: Keys<Record<Statistic, string | undefined>> = allOf(STATISTICS);

/** Which one of several measurements of a name. */
export const measurementOf: z.ZodType<string | undefined> = z
  .string()
  .min(1)
  .max(200)
  .describe('which one of that name, by its id; left out: each')
  .optional();

const scalar = z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]);
const conditionMap = z.record(z.string(), z.union([scalar, z.array(scalar).max(10_000)]));
const match: z.ZodType<Match> = z.union([conditionMap, z.array(conditionMap).max(1000)]);

export const activityKey: z.ZodEnum<{ [K in ActivityKind]: K }> = z.enum([
  'network',
  'process',
  'event',
  'log',
  'file',
]);

export const causeSchema: z.ZodType<Cause> = z.strictObject({
  activity: activityKey,
  match: match.optional(),
});

const unless: z.ZodType<Unless> = z
  .strictObject({ after: causeSchema, within: duration })
  .describe('what may happen within a time after a cause, such as a user message');

const EXCEPTION: Keys<Exception> = {
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
    .describe(
      'a day such as 2026-12-31; it ends in UTC. In a window that ends later the exception excuses nothing',
    ),
  every: duration.optional().describe('how often it is expected; required unless optional'),
  optional: z.boolean().optional().describe('it need not be used'),
};

export const packException: z.ZodType<PackException> = z.strictObject({
  activity: activityKey,
  ...EXCEPTION,
});
export const packUnless: z.ZodType<PackUnless> = z.strictObject({
  activity: activityKey,
  after: causeSchema,
  within: duration,
});

/** What rules of every kind have. */
export const COMMON: Keys<RuleBase> = {
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

/** What rules about activities have beside the activity itself. */
export const OF_ACTIVITIES: Keys<Omit<OfActivities, 'activity'>> = {
  match: match.optional().describe('which of them; all where left out, but for keepalives'),
  unless: unless.optional(),
  except: z.array(z.strictObject(EXCEPTION)).max(1000).optional().describe('what is meant to happen'),
  groupBy: z.array(z.string()).min(1).max(10).optional().describe('the fields that tell findings apart'),
};

function allOf<N extends string>(names: readonly N[]): Record<N, typeof limitKey> {
  return Object.fromEntries(names.map((name) => [name, limitKey])) as Record<N, typeof limitKey>;
}
