import type { FieldValue } from '../../../model/activity.ts';
import { keptPart } from '../../parse/cut-text.ts';
import type { Field } from '../fields.ts';
import { isRounded } from '../rounded.ts';
import { type Comparer, compareText } from './text-test.ts';
import { type Truth, truthOf } from './truth.ts';

/** Tests the value of a field, which is known. */
export type KnownTest = (value: FieldValue) => Truth;

/** Of whatever is there as a text. */
export function onText(field: Field, comparer: Comparer): KnownTest {
  return (actual) => {
    if (actual === null) return 'no';
    return isRounded(actual) ? 'unknown' : compareText(field, comparer, String(actual));
  };
}

/**
 * Of what is a number, or says one. Rounding keeps the order of what it keeps apart, so that only a number that is
 * the limit after it may lie on either side.
 */
export function onNumber(limit: number, holds: (number: number) => boolean): KnownTest {
  return (actual) => {
    if (isPart(actual)) return 'unknown';
    const number = numberOf(actual);
    if (number === limit && isRounded(number)) return 'unknown';
    return truthOf(number !== null && holds(number));
  };
}

/** Whether only its beginning was kept. */
export function isPart(actual: FieldValue): boolean {
  return typeof actual === 'string' && keptPart(actual) !== null;
}

function numberOf(actual: FieldValue): number | null {
  if (typeof actual === 'number') return actual;
  const isNumeric = typeof actual === 'string' && /^\s*-?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i.test(actual);
  return isNumeric ? Number(actual) : null;
}
