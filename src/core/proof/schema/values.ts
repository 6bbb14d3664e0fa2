import { z } from 'zod';
import type { FieldValue } from '../../../model/activity.ts';
import { type Tier, TIERS } from '../../../model/collector.ts';
import type { ProofTime } from '../../../model/proof.ts';
import type { WokenBy } from '../../../model/wake.ts';

/** An instant, as every part of a proof shows it. */
export const time: z.ZodType<ProofTime> = z.strictObject({
  utc: z.string().describe('ISO 8601, UTC, milliseconds'),
  local: z.string().describe('the same instant in local time with its offset'),
});

/** What a field of an activity was. */
export const value: z.ZodType<FieldValue> = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** How the evidence knew. */
export const tier: z.ZodType<Tier> = z.enum(TIERS);

/** Who woke a thread. */
export const wokenBy: z.ZodType<WokenBy> = z.enum([
  'timer',
  'packet',
  'interrupt',
  'signal',
  'thread',
  'process',
  'mixed',
]);
