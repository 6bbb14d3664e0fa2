import { z } from 'zod';
import type { RuleResult } from '../../../model/proof.ts';
import { finding } from './finding.ts';
import { tier } from './values.ts';

/** A rule as it was judged for one target. */
export const rule: z.ZodType<RuleResult> = z.strictObject({
  id: z.string(),
  pack: z.string(),
  target: z.string(),
  window: z
    .enum(['idle', 'stop', 'measure'])
    .describe('the idle window, the stop of a command that the run started, or a measurement'),
  windowId: z.string(),
  title: z.string(),
  kind: z.string(),
  severity: z.enum(['error', 'warn']),
  verdict: z.enum(['pass', 'fail', 'inconclusive', 'notApplicable']),
  measured: z.string(),
  expected: z.string(),
  reason: z.string().nullable(),
  tier: tier.nullable(),
  acceptedSeconds: z.number().nullable(),
  periodsTold: z
    .strictObject({
      fromSeconds: z.number(),
      upToSeconds: z.number(),
      butExcused: z.boolean().describe('something that matched was excused, and may have repeated'),
    })
    .nullable()
    .describe('which periods would have been found'),
  exceptions: z.array(
    z.strictObject({
      reason: z.string(),
      matched: z.number(),
      problem: z.string().nullable(),
      excusedAll: z.literal(true).optional(),
    }),
  ),
  findings: z.array(finding),
});
