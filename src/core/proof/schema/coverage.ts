import { z } from 'zod';
import { COLLECTOR_NAMES } from '../../../model/collector.ts';
import type { Coverage } from '../../../model/proof.ts';
import { tier } from './values.ts';

/** How much of the window was looked at, how each collector knew, and what that excludes. */
export const coverage: z.ZodType<Coverage> = z.strictObject({
  ticks: z.strictObject({ expected: z.number(), taken: z.number(), longestGapSeconds: z.number() }),
  share: z.number().min(0).max(1),
  collectors: z.array(
    z.strictObject({
      name: z.enum(COLLECTOR_NAMES),
      target: z.string().nullable(),
      tier,
      status: z.enum(['ok', 'partial', 'unavailable']),
      reason: z.string().nullable(),
      lost: z.number(),
      cpuSeconds: z.number().nullable(),
    }),
  ),
  excludes: z.strictObject({
    periodSeconds: z.strictObject({ max: z.number(), confidence: z.number() }).nullable(),
    connectionLifetimeSeconds: z.strictObject({ min: z.number() }).nullable(),
  }),
});
