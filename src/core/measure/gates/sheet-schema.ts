import { z } from 'zod';
import type { GateSheet } from '../../../model/gate-sheet.ts';

const verdict = z.enum(['pass', 'fail', 'inconclusive']);
const bytes = z.number().nullable();

/** A gate sheet as `run` writes it beside a proof. */
export const gateSheetSchema: z.ZodType<GateSheet> = z.object({
  schemaVersion: z.literal(1),
  verdict,
  startedAt: z.string(),
  tool: z.object({ name: z.literal('idleproof'), version: z.string() }),
  command: z.string(),
  gates: z.array(
    z.object({
      gate: z.string(),
      target: z.string(),
      expected: z.string(),
      measured: z.string(),
      verdict,
      reason: z.string().nullable(),
    }),
  ),
  memory: z.object({ beforeBytes: bytes, inUseBytes: bytes, afterBytes: bytes }),
  proof: z.object({ file: z.string(), verdict, headline: z.string() }),
});
