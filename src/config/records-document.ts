import { z } from 'zod';
import { REQUEST_PARTS, recordMetric } from '../core/rules/records/record-metric.ts';
import { compileCapture, ExpressionError } from '../core/parse/expression.ts';
import type { DerivedMetric, RecordKind } from '../model/derived-metric.ts';
import type { LogFormat } from '../model/target.ts';
import { label, text } from './field-schemas.ts';

const expression = z
  .string()
  .min(1)
  .max(4096)
  .superRefine((given, context) => {
    const problem = expressionProblem(given);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

const format: z.ZodType<LogFormat> = z.union([
  z.enum(['perf', 'jsonl']),
  z.strictObject({
    regex: expression.describe('its named groups are the fields; `time` and `category` are known'),
  }),
]);

/** The logs of a target. */
export const logsSchema: z.ZodType<{ file: string; format?: LogFormat | undefined }[]> = z
  .array(
    z.strictObject({
      file: text.describe('path of the log file'),
      format: format
        .optional()
        .describe('perf: lines marked [PERF]; jsonl: JSON lines; by the file name where left out'),
    }),
  )
  .min(1)
  .max(20);

const field = z.string().min(1).max(100);

const kind: z.ZodType<RecordKind> = z.union([
  z.strictObject({ log: field }),
  z.strictObject({ event: field }),
]);

const amount = z.union([
  z.strictObject({ log: field, distinct: field.optional() }),
  z.strictObject({ event: field, distinct: field.optional() }),
  z.strictObject({
    metric: z
      .string()
      .refine((name) => recordMetric(name)?.of === 'log', 'a metric such as log.transcription.audio_ms'),
  }),
]);

const derived: z.ZodType<DerivedMetric> = z.union([
  z.strictObject({ ratio: z.tuple([amount, amount]).describe('the first by the second') }),
  z.strictObject({ chain: z.strictObject({ by: field, from: kind, to: kind }) }),
  z.strictObject({
    requests: z.strictObject({
      by: field,
      start: kind,
      firstToken: kind.optional(),
      end: kind,
      tokens: field.optional(),
    }),
  }),
]);

const derivedName = label.refine(
  (name) => !REQUEST_PARTS.includes(name.slice(name.lastIndexOf('.') + 1)),
  `a name that does not end in ${REQUEST_PARTS.join(', ')}, which are parts of requests`,
);

/** What follows from the records of the app, by name. */
export const derivedSchema: z.ZodType<Record<string, DerivedMetric>> = z.record(derivedName, derived);

/** Why an expression cannot be used; null: it can. */
export function expressionProblem(source: string): string | null {
  try {
    compileCapture(source);
    return null;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return `«${source}» cannot be used: ${error.message}`;
  }
}

/** How a file is read of which only the name is known. */
export function formatByName(file: string): LogFormat {
  return /\.(?:jsonl|ndjson|json)$/u.test(file) ? 'jsonl' : 'perf';
}
