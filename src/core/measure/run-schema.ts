import { z } from 'zod';
import type { MeasuredResult, MeasuredRun } from '../../model/measure-document.ts';
import { type MeasuredValue, type Statistic, STATISTICS } from '../../model/measurement.ts';

const MOST_MEASUREMENTS = 10_000;

/** JSON has no word for what is no number. */
const number = z.union([z.number(), z.null().transform(() => Number.NaN)]);

const value: z.ZodType<MeasuredValue> = z.object({
  value: number,
  interval: z
    .object({ low: z.number(), high: z.number() })
    .refine(({ low, high }) => low <= high, 'its low end lies above its high one')
    .nullable(),
});

const statistics = z.object(
  Object.fromEntries(STATISTICS.map((name) => [name, value.exactOptional()])) as Record<
    Statistic,
    z.ZodExactOptional<typeof value>
  >,
);

const host = z.object({
  name: z.string(),
  os: z.string(),
  kernel: z.string(),
  cpus: z.number(),
  memoryBytes: z.number(),
  utcOffsetMinutes: z.number(),
  privileged: z.boolean(),
});

const run = z.object({
  kind: z.enum(['startup', 'ttft', 'http', 'size', 'run', 'page']),
  timestamp: z.string(),
  tool: z.object({ name: z.literal('idleproof'), version: z.string(), node: z.string() }),
  host,
  cpuModel: z.string(),
  command: z.string(),
  target: z.string(),
  conditions: z.record(z.string(), z.union([z.string(), z.number()])),
  versions: z.record(z.string(), z.string()),
  measurements: z
    .array(
      z.object({
        name: z.string(),
        id: z.string().nullable(),
        target: z.string().nullable(),
        atMs: z.number(),
        count: z.number(),
        statistics,
        problem: z.string().nullable(),
      }),
    )
    .max(MOST_MEASUREMENTS),
});

/** What later measurements are compared with, as a results file or a baseline holds it; what else stands there is left out. */
export const measuredRunSchema: z.ZodType<MeasuredRun> = run;

/** The same with what was expected, as a results file holds it. */
export const measuredResultSchema: z.ZodType<MeasuredResult> = run.extend({
  expectations: z.array(
    z.object({ text: z.string(), met: z.boolean(), known: z.boolean(), measured: z.array(z.string()) }),
  ),
});
