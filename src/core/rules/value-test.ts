import type { FieldValue } from '../../model/activity.ts';
import type { Field } from './fields.ts';
import { parseCidr, parseIp, sameNetwork } from './cidr.ts';
import { keptPart } from '../parse/cut-text.ts';
import { ExpressionError } from './expression.ts';
import type { FieldReading } from './field-rows.ts';
import { bytesOf, hasWildcard, shortestBytes } from './pattern.ts';
import type { TextProblem } from './quantity.ts';
import { type Comparer, compareText, expressionComparer, globComparer } from './text-test.ts';
import { type Truth, truthOf } from './truth.ts';

export const COMPARISONS = [
  'contains',
  'startswith',
  'endswith',
  're',
  'cidr',
  'gt',
  'gte',
  'lt',
  'lte',
] as const;
/** How a field is compared with a value; without any it is that value. */
export type Comparison = (typeof COMPARISONS)[number];

/** Tests the value of a field; what is not known is `unknown`. */
export type ValueTest = (value: FieldReading) => Truth;

/** The same for a value that is known. */
type KnownTest = (value: FieldValue) => Truth;

/** Compiles one value of a condition for the type of its field. */
export function compileValue(
  field: Field,
  comparison: Comparison | null,
  value: FieldValue,
): ValueTest | TextProblem {
  if (comparison === null && value === null) return (actual) => truthOf(actual == null);
  const known =
    tooLong(field, comparison, value) ??
    illFormed(field, comparison, value) ??
    compile(field, comparison, value);
  if (typeof known !== 'function') return known;
  const { choices } = field;
  const canMatch = choices.length === 0 || choices.some((choice) => known(choice) === 'yes');
  if (canMatch) return (actual) => (actual === undefined ? 'unknown' : known(actual));
  const problem = `«${value}» is never a value of ${field.name}`;
  return { problem, value: String(value), candidates: field.choices };
}

/** A name of which the kernel keeps less than the rule asks for would never match. */
function tooLong(field: Field, comparison: Comparison | null, value: FieldValue): TextProblem | null {
  const { maxBytes } = field;
  if (maxBytes === null || comparison === 're' || typeof value !== 'string') return null;
  if (shortestBytes(value) <= maxBytes || /[*?]$/.test(value)) return null;
  let kept = '';
  for (const character of value) {
    if (bytesOf(kept + character) > maxBytes) break;
    kept += character;
  }
  return {
    problem: `«${value}» is too long for ${field.name}: names are cut to ${maxBytes} bytes by the kernel; write «${kept}»`,
  };
}

/** A text that begins as none of the field does would never match. */
function illFormed(
  { name, form }: Field,
  comparison: Comparison | null,
  value: FieldValue,
): TextProblem | null {
  if (form === null || typeof value !== 'string' || form.pattern.test(value)) return null;
  return comparison === null ? { problem: `«${value}» never matches: ${name} ${form.problem}` } : null;
}

function compile(field: Field, comparison: Comparison | null, value: FieldValue): KnownTest | TextProblem {
  switch (comparison) {
    case null:
      return equality(field, value);
    case 'contains':
    case 'startswith':
    case 'endswith': {
      if (typeof value !== 'string' && typeof value !== 'number')
        return { problem: `${comparison} takes a text` };
      if (value === '') return { problem: `${comparison} of an empty text matches everything` };
      return onText(field, globComparer(String(value), comparison));
    }
    case 're':
      return expression(field, value);
    case 'cidr':
      return network(value);
    default:
      return order(field, comparison, value);
  }
}

function equality(field: Field, value: FieldValue): KnownTest | TextProblem {
  if (value === null) return { problem: 'null stands for what is not there' };
  switch (field.type) {
    case 'number':
      return typeof value === 'number' ? (actual) => truthOf(actual === value) : notANumber(field, value);
    case 'time': {
      const atMs = timeOf(value);
      return atMs === null ? { problem: `«${value}» is not a time` } : (actual) => truthOf(actual === atMs);
    }
    case 'ip':
      return address(field, value);
    case 'any':
      return anyEquality(field, value);
    default:
      if (typeof value === 'boolean') return { problem: `${field.name} is a text, not ${value}` };
      return onText(field, globComparer(String(value), 'whole'));
  }
}

/** Columns hold what the app wrote: a number may be there as text, a truth as 0 or 1. */
function anyEquality(field: Field, value: string | number | boolean): KnownTest {
  if (typeof value === 'string') return onText(field, globComparer(value, 'whole'));
  if (typeof value === 'number') return onNumber((actual) => actual === value);
  return (actual) => {
    if (actual === value || actual === Number(value)) return 'yes';
    return isPart(actual) ? 'unknown' : truthOf(String(actual).toLowerCase() === String(value));
  };
}

function address(field: Field, value: FieldValue): KnownTest | TextProblem {
  if (typeof value !== 'string') return { problem: `«${value}» is not an address` };
  if (hasWildcard(value)) return onText(field, globComparer(value, 'whole'));
  const wanted = parseIp(value);
  if (wanted === null) {
    const hint = parseCidr(value) === null ? '' : '; a network needs |cidr';
    return { problem: `«${value}» is not an address${hint}` };
  }
  return (actual) => {
    const bytes = typeof actual === 'string' ? parseIp(actual) : null;
    return truthOf(bytes !== null && sameNetwork(bytes, wanted));
  };
}

function network(value: FieldValue): KnownTest | TextProblem {
  const cidr = typeof value === 'string' ? parseCidr(value) : null;
  if (cidr === null) return { problem: `«${value}» is not a network such as 10.0.0.0/8 or fd00::/8` };
  return (actual) => {
    const bytes = typeof actual === 'string' ? parseIp(actual) : null;
    return truthOf(bytes !== null && sameNetwork(bytes, cidr.network, cidr.bits));
  };
}

function expression(field: Field, value: FieldValue): KnownTest | TextProblem {
  if (typeof value !== 'string' || value === '') return { problem: 're takes a regular expression' };
  try {
    return onText(field, expressionComparer(value));
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { problem: `«${value}» is not a regular expression of RE2: ${error.message}` };
  }
}

function order(
  field: Field,
  comparison: Extract<Comparison, 'gt' | 'gte' | 'lt' | 'lte'>,
  value: FieldValue,
): KnownTest | TextProblem {
  const limit = field.type === 'time' ? timeOf(value) : value;
  if (typeof limit !== 'number') return notANumber(field, value);
  const holds = {
    gt: (actual: number) => actual > limit,
    gte: (actual: number) => actual >= limit,
    lt: (actual: number) => actual < limit,
    lte: (actual: number) => actual <= limit,
  }[comparison];
  return onNumber(holds);
}

function onText(field: Field, comparer: Comparer): KnownTest {
  return (actual) => (actual === null ? 'no' : compareText(field, comparer, String(actual)));
}

function onNumber(holds: (number: number) => boolean): KnownTest {
  return (actual) => {
    if (isPart(actual)) return 'unknown';
    const number = numberOf(actual);
    return truthOf(number !== null && holds(number));
  };
}

function isPart(actual: FieldValue): boolean {
  return typeof actual === 'string' && keptPart(actual) !== null;
}

function numberOf(actual: FieldValue): number | null {
  if (typeof actual === 'number') return actual;
  const isNumeric = typeof actual === 'string' && /^\s*-?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i.test(actual);
  return isNumeric ? Number(actual) : null;
}

/** A date and time with its zone, as ISO 8601 writes it, in epoch milliseconds. */
export function timeOf(value: FieldValue): number | null {
  const hasZone = typeof value === 'string' && /T.*(Z|[+-]\d{2}:?\d{2})$/.test(value);
  const atMs = hasZone ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? null : atMs;
}

function notANumber(field: Field, value: FieldValue): TextProblem {
  const expected = field.type === 'time' ? 'a time such as 2026-05-01T08:00:00Z' : 'a number';
  return { problem: `${field.name} takes ${expected}, not ${JSON.stringify(value)}` };
}
