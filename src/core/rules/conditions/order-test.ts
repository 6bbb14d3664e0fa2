import type { FieldValue } from '../../../model/activity.ts';
import type { Field } from '../fields.ts';
import type { TextProblem } from '../quantity.ts';
import { type KnownTest, onNumber } from './known-test.ts';

/** How numbers and times are held against a limit. */
export type Order = 'gt' | 'gte' | 'lt' | 'lte';

/** That it lies on one side of a limit. */
export function order(field: Field, comparison: Order, value: FieldValue): KnownTest | TextProblem {
  const limit = field.type === 'time' ? timeOf(value) : value;
  if (typeof limit !== 'number') return notANumber(field, value);
  const holds = {
    gt: (actual: number) => actual > limit,
    gte: (actual: number) => actual >= limit,
    lt: (actual: number) => actual < limit,
    lte: (actual: number) => actual <= limit,
  }[comparison];
  return onNumber(limit, holds);
}

/** A date and time with its zone, as ISO 8601 writes it, in epoch milliseconds. */
export function timeOf(value: FieldValue): number | null {
  const hasZone = typeof value === 'string' && /T.*(Z|[+-]\d{2}:?\d{2})$/.test(value);
  const atMs = hasZone ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? null : atMs;
}

/** What is wrong with a value that should be a number, or a time. */
export function notANumber(field: Field, value: FieldValue): TextProblem {
  const expected = field.type === 'time' ? 'a time such as 2026-05-01T08:00:00Z' : 'a number';
  return { problem: `${field.name} takes ${expected}, not ${JSON.stringify(value)}` };
}
