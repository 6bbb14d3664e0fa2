import { z } from 'zod';
import type { Finding } from '../../../model/proof.ts';
import { time, value, wokenBy } from './values.ts';

/** What breaks a rule: when, how often, who, and why. */
export const finding: z.ZodType<Finding> = z.strictObject({
  id: z.string(),
  ruleId: z.string(),
  target: z.string(),
  kind: z.string(),
  subject: z.record(z.string(), value),
  count: z.number(),
  firstAt: time.nullable(),
  lastAt: time.nullable(),
  period: z
    .strictObject({
      seconds: z.number(),
      secondsInterval: z.strictObject({ from: z.number(), to: z.number() }).describe('at 95 %'),
      jitterSeconds: z.number(),
      beats: z.number(),
      missed: z.number(),
      phaseSeconds: z.number().describe('counted from when the window was first looked at'),
      model: z.enum(['clock', 'renewal']),
      falseAlarmProbability: z.number(),
      intervalsSeconds: z.array(z.number()).max(1000).describe('from beat to beat'),
      phases: z.array(z.number()).max(1000).describe('of all events of the subject, in [0, 1)'),
    })
    .nullable(),
  actors: z.array(
    z.strictObject({
      pid: z.number(),
      name: z.string(),
      cmdline: z.string(),
      thread: z.string().nullable(),
    }),
  ),
  cause: z
    .strictObject({
      wokenBy,
      waker: z.string().nullable(),
      share: z.number().describe('of the wakes of this thread from this call'),
      call: z.string().nullable(),
      timeoutSeconds: z.number().nullable(),
      thread: z.string().nullable(),
      perMinute: z.number(),
    })
    .nullable(),
  examples: z.array(z.string()),
  text: z.string().describe('the finding as a sentence'),
});
