import { z } from 'zod';
import { parseDurationMs } from '../core/parse/duration.ts';

export const duration: z.ZodType<string> = z
  .string()
  .refine((given) => parseDurationMs(given) !== null, 'a duration such as 500ms, 30s, 5m or 1h');

/** For a duration of 0 makes no sense. */
export const timeSpan: z.ZodType<string> = z
  .string()
  .refine((given) => (parseDurationMs(given) ?? 0) > 0, 'a duration longer than 0, such as 30s, 5m or 1h');

export const text: z.ZodType<string> = z.string().min(1).max(4096);

/** Names of targets and windows; folders are called by them. */
export const label: z.ZodType<string> = z
  .string()
  .regex(/^\w[\w.-]{0,63}$/, 'letters, digits, «_», «-» and «.»');
