import { z } from 'zod';
import { parseDurationMs } from '../core/parse/duration.ts';
import { parseQuantity } from '../core/rules/quantity.ts';

export const duration: z.ZodType<string> = z
  .string()
  .refine((given) => parseDurationMs(given) !== null, 'a duration such as 500ms, 30s, 5m or 1h');

/** Looking more often than that costs more than it shows. */
export const MIN_TICK_MS = 100;

export const tickLength: z.ZodType<string> = duration.refine(
  (given) => (parseDurationMs(given) ?? MIN_TICK_MS) >= MIN_TICK_MS,
  `a tick is at least ${MIN_TICK_MS}ms long`,
);

/** For a duration of 0 makes no sense. */
export const timeSpan: z.ZodType<string> = z
  .string()
  .refine((given) => (parseDurationMs(given) ?? 0) > 0, 'a duration longer than 0, such as 30s, 5m or 1h');

export const text: z.ZodType<string> = z.string().min(1).max(4096);

/** Names of targets and windows; folders are called by them. */
export const label: z.ZodType<string> = z
  .string()
  .regex(/^\w[\w.-]{0,63}$/, 'letters, digits, «_», «-» and «.»');

/** Bytes of a size such as 2GB; null where there is none. */
export function sizeOf(given: string | undefined): number | null {
  const bytes = given === undefined ? null : parseQuantity(given, { quantity: 'bytes', perSecond: false });
  return typeof bytes === 'number' ? bytes : null;
}

export const size: z.ZodType<string> = z
  .string()
  .refine((given) => (sizeOf(given) ?? 0) > 0, 'a size such as 500MB or 2GB');
