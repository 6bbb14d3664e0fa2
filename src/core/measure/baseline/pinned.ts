import { z } from 'zod';
import type { MeasuredRun } from '../../../model/measure-document.ts';
import type { WindowVerdict } from '../../../model/window-verdict.ts';
import { parseUnambiguous } from '../../parse/repeated-key.ts';
import { measuredRunSchema } from '../run-schema.ts';

/** Windows and measurements that somebody said are as they should be, under a name. */
export interface Baseline {
  schemaVersion: 1;
  name: string;
  pinnedAtMs: number;
  /** Where the proofs lay, with the SHA-256 of their bytes in hex. */
  proofs: readonly { path: string; sha256: string }[];
  windows: readonly WindowVerdict[];
  /** Measurements, each with where its results lay; left out by versions that had none. */
  measured?: readonly { path: string; sha256: string; run: MeasuredRun }[];
}

/** What a baseline can be called. */
export const BASELINE_NAME: RegExp = /^\w[\w.-]{0,63}$/;

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const metric = z.object({
  mean: z.number(),
  p95: z.number(),
  max: z.number(),
  atLeast: z.boolean().exactOptional(),
});

/** As it is written; what else a later version writes is left out. */
const baselineSchema: z.ZodType<Baseline> = z.object({
  schemaVersion: z.literal(1),
  name: z.string().regex(BASELINE_NAME),
  pinnedAtMs: z.number(),
  proofs: z.array(z.object({ path: z.string(), sha256: z.string() })),
  windows: z.array(
    z.object({
      windowId: z.string(),
      fromMs: z.number(),
      toMs: z.number(),
      verdict: z.enum(['pass', 'fail', 'inconclusive']),
      rules: z.array(
        z.object({
          id: z.string(),
          target: z.string(),
          verdict: z.enum(['pass', 'fail', 'inconclusive', 'notApplicable']),
          severity: z.enum(['error', 'warn']),
          measuredValue: z.number().exactOptional(),
          findings: z.array(
            z.object({
              subject: z.record(z.string(), value),
              count: z.number().exactOptional(),
              period: z.number().exactOptional(),
              text: z.string().exactOptional(),
            }),
          ),
        }),
      ),
      metrics: z.record(z.string(), z.record(z.string(), metric)).exactOptional(),
      isCovered: z.boolean().exactOptional(),
    }),
  ),
  measured: z
    .array(z.object({ path: z.string(), sha256: z.string(), run: measuredRunSchema }))
    .exactOptional(),
});

/** The baseline that a JSON text holds; null where it holds none. */
export function parseBaseline(text: string): Baseline | null {
  try {
    return baselineSchema.safeParse(parseUnambiguous(text)).data ?? null;
  } catch {
    return null;
  }
}
