import { z } from 'zod';
import { parseDurationMs } from '../core/parse/duration.ts';
import { durationText, type UnitText } from '../core/parse/unit-text.ts';
import { parseQuantity } from '../core/rules/quantity.ts';
import { unitTextSchema } from '../core/rules/unit-text-schema.ts';

/** One schema a key of a document. */
export type Schemas<T> = { readonly [K in keyof T]: z.ZodType<T[K]> };

export const duration: z.ZodType<string> = unitTextSchema(
  durationText('a duration such as 500ms, 30s, 5m or 1h'),
);

/** Looking more often than that costs more than it shows. */
export const MIN_TICK_MS = 100;

export const tickLength: z.ZodType<string> = duration.refine(
  (given) => (parseDurationMs(given) ?? MIN_TICK_MS) >= MIN_TICK_MS,
  `a tick is at least ${MIN_TICK_MS}ms long`,
);

/** For a duration of 0 makes no sense. */
export const timeSpan: z.ZodType<string> = unitTextSchema(
  durationText('a duration longer than 0, such as 30s, 5m or 1h', (ms) => ms > 0),
);

const SETTLE: UnitText = durationText('a duration such as 5s or 1m, or auto');

/** How long an app is given to calm down; `auto`: until it has. */
export const settleTime: z.ZodType<string> = unitTextSchema({
  ...SETTLE,
  isValid: (given) => given === 'auto' || SETTLE.isValid(given),
});

export const text: z.ZodType<string> = z.string().min(1).max(4096);

const ARGUMENT = z
  .string()
  .max(4096)
  .regex(/^[^\0]*$/, 'no argument can hold a NUL character');

/** A program and its arguments, as execve(2) takes them: an argument may be empty. */
export const commandLine: z.ZodType<string[]> = z
  .array(ARGUMENT)
  .min(1)
  .refine(([program]) => program !== '', 'a program and its arguments');

/** Names of targets and windows; folders are called by them. */
export const label: z.ZodType<string> = z
  .string()
  .regex(/^\w[\w.-]{0,63}$/, 'letters, digits, «_», «-» and «.»');

/** Whether it is one is checked where its other problems are; see cronProblem. */
export const cron: z.ZodType<string> = z.string().max(200);

/** As for `cron`; see timezoneProblem. */
export const timezone: z.ZodType<string> = z
  .string()
  .max(100)
  .describe('name of the IANA time zone; the one of the host where left out');

/** Bytes of a size such as 2GB; null where there is none. */
export function sizeOf(given: string | undefined): number | null {
  const bytes = given === undefined ? null : parseQuantity(given, { quantity: 'bytes', perSecond: false });
  return typeof bytes === 'number' ? bytes : null;
}

export const size: z.ZodType<string> = unitTextSchema({
  what: 'a size such as 500MB or 2GB',
  unit: 'MB',
  isValid: (given) => /[a-z]/i.test(given) && (sizeOf(given) ?? 0) > 0,
});
