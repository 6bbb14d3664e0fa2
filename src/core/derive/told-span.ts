import type { FieldValue } from '../../model/activity.ts';
import { fieldDimension, scaled } from './field-dimension.ts';

/** What a line or row says that it took, in seconds. */
export interface ToldSpan {
  seconds: number;
  /** Until the first token came; null: it does not say. */
  firstTokenSeconds: number | null;
}

/** What is called so is the time that something took: `duration_ms`, `total_ms`, `elapsed`, `request_time_s`; `timeout_s` is not. */
const WHOLE = /(?:^|_)(?:duration|elapsed|took|total|latency|time)_[a-z]+$/u;
const FIRST_TOKEN = /(?:^|_)(?:ttft|first_token)_[a-z]+$/u;

/** The longest field that tells how long something took; null: there is none. */
export function toldSpan(data: Readonly<Record<string, FieldValue>>): ToldSpan | null {
  let seconds: number | null = null;
  let firstTokenSeconds: number | null = null;
  for (const [name, value] of Object.entries(data)) {
    const { dimension, scale } = fieldDimension(name);
    if (typeof value !== 'number' || value <= 0 || dimension.quantity !== 'seconds' || dimension.perSecond)
      continue;
    const words = name.replaceAll(/([a-z\d])([A-Z])/gu, '$1_$2').toLowerCase();
    if (FIRST_TOKEN.test(words)) firstTokenSeconds ??= scaled(value, scale);
    else if (WHOLE.test(words)) seconds = Math.max(seconds ?? 0, scaled(value, scale));
  }
  if (seconds === null) return null;
  const isWithin = firstTokenSeconds !== null && firstTokenSeconds <= seconds;
  return { seconds, firstTokenSeconds: isWithin ? firstTokenSeconds : null };
}
