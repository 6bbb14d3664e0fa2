import { z } from 'zod';
import { parseDurationMs } from '../core/parse/duration.ts';
import type { Cause } from '../core/rules/pack.ts';
import { causeSchema } from '../core/rules/rule-keys.ts';
import type { WindowSpec } from '../model/window-spec.ts';
import { cron, duration, label, settleTime, timeSpan, timezone } from './field-schemas.ts';

const common = {
  id: label,
  settle: settleTime
    .default('5s')
    .describe('how long the app is given to calm down; `auto`: until it has, at most 2 min'),
  maxDuration: timeSpan.default('1h').describe('a longer stretch is cut into consecutive windows'),
  minDuration: duration.default('10s').describe('a shorter window proves nothing'),
  guard: duration
    .default('2s')
    .describe("the last stretch before the user's action that closes a window: kept, but not judged"),
};

const userQuiet = z.strictObject({
  ...common,
  trigger: z
    .literal('user-quiet')
    .describe('opens when nobody has used the app for a while, closes when somebody does'),
  quietFor: timeSpan.describe('so long nobody must have used the app'),
});

const schedule = z.strictObject({
  ...common,
  trigger: z.literal('schedule').describe('opens by the clock'),
  cron: cron.describe('five fields, or six with seconds before them'),
  duration: timeSpan.describe('from the time that cron tells; settling is part of it'),
  timezone: timezone.optional(),
});

const manual = z.strictObject({
  ...common,
  trigger: z.literal('manual').describe('opened and closed with `idleproof window`'),
});

const run = z.strictObject({
  ...common,
  trigger: z.literal('run').describe('the whole life of a command that is started'),
});

const windowSchema = z.discriminatedUnion('trigger', [userQuiet, schedule, manual, run]);

type WindowDocument = z.infer<typeof windowSchema>;

export const windowsSchema: z.ZodType<WindowSpec[]> = z.array(windowSchema.transform(toWindow)).max(100);

export const userSchema: z.ZodType<Cause[]> = z
  .array(causeSchema)
  .min(1)
  .max(100)
  .describe('what counts as somebody using the app');

/** A window whose durations have been found to be some. */
function toWindow(given: WindowDocument): WindowSpec {
  const limits = {
    id: given.id,
    settleMs: given.settle === 'auto' ? ('auto' as const) : msOf(given.settle),
    maxDurationMs: msOf(given.maxDuration),
    minDurationMs: msOf(given.minDuration),
    guardMs: msOf(given.guard),
  };
  switch (given.trigger) {
    case 'user-quiet':
      return { ...limits, trigger: 'user-quiet', quietForMs: msOf(given.quietFor) };
    case 'schedule': {
      const { trigger, duration: lasting, timezone: zone = null } = given;
      return { ...limits, trigger, cron: given.cron, durationMs: msOf(lasting), timezone: zone };
    }
    default:
      return { ...limits, trigger: given.trigger };
  }
}

function msOf(given: string): number {
  return parseDurationMs(given) ?? 0;
}
