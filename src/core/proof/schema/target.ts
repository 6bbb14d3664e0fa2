import { z } from 'zod';
import type { ProofTarget } from '../../../model/proof.ts';
import { time, wokenBy } from './values.ts';

/** What was watched, and what it used. */
export const target: z.ZodType<ProofTarget> = z.strictObject({
  name: z.string(),
  selector: z.string(),
  processes: z.array(
    z.strictObject({ pid: z.number(), name: z.string(), cmdline: z.string(), startedAt: time }),
  ),
  executables: z
    .array(z.strictObject({ path: z.string(), sha256: z.string().nullable() }))
    .exactOptional()
    .describe('the program files that the processes ran; null: the digest could not be read'),
  metrics: z.record(
    z.string(),
    z.strictObject({ mean: z.number(), max: z.number(), p95: z.number(), atLeast: z.boolean() }).nullable(),
  ),
  wakes: z.array(
    z.strictObject({
      pid: z.number(),
      thread: z.string().nullable(),
      call: z
        .string()
        .nullable()
        .describe('the system call that it slept in; «(earlier)»: one that began before the recording'),
      timeoutSeconds: z.number().nullable(),
      timeoutIs: z.enum(['asked', 'measured']).nullable(),
      wokenBy,
      waker: z.string().nullable(),
      count: z.number().describe('recorded ones; all there were only where sampledShare is 1'),
      perMinute: z.number(),
      intervalSeconds: z.number().nullable().describe('median'),
      sampledShare: z.number(),
      atLeast: z.boolean().describe('records were lost: there may have been more'),
    }),
  ),
  settling: z
    .strictObject({
      metric: z.string(),
      before: z.number(),
      after: z.number(),
      steadyAfterSeconds: z.number().nullable(),
    })
    .nullable()
    .describe('activity that died down in the window'),
  notes: z.array(z.string()),
});
