import type { FieldValue } from '../../model/activity.ts';
import type { Comparison } from './condition.ts';
import type { Field } from './fields.ts';
import { parseCidr, parseIp, sameNetwork } from './cidr.ts';
import { compilePattern, hasWildcard } from './pattern.ts';
import type { TextProblem } from './quantity.ts';

/** Tests the value of a field. */
export type ValueTest = (value: FieldValue) => boolean;

/** What an app writes into a field is untrusted: a regular expression sees only so much of it. */
const LONGEST_TEXT = 4096;

/** Compiles one value of a condition for the type of its field. */
export function compileValue(
  field: Field,
  comparison: Comparison | null,
  value: FieldValue,
): ValueTest | TextProblem {
  const test = compile(field, comparison, value);
  const canMatch = typeof test !== 'function' || field.choices.length === 0 || field.choices.some(test);
  if (canMatch || value === null) return test;
  const problem = `«${value}» is never a value of ${field.name}`;
  return { problem, value: String(value), candidates: field.choices };
}

function compile(field: Field, comparison: Comparison | null, value: FieldValue): ValueTest | TextProblem {
  switch (comparison) {
    case null:
      return equality(field, value);
    case 'contains':
    case 'startswith':
    case 'endswith': {
      if (typeof value !== 'string' && typeof value !== 'number')
        return { problem: `${comparison} takes a text` };
      if (value === '') return { problem: `${comparison} of an empty text matches everything` };
      return onText(compilePattern(String(value), comparison));
    }
    case 're':
      return expression(value);
    case 'cidr':
      return network(value);
    default:
      return order(field, comparison, value);
  }
}

function equality(field: Field, value: FieldValue): ValueTest | TextProblem {
  if (value === null) return (actual) => actual === null;
  switch (field.type) {
    case 'number':
      return typeof value === 'number' ? (actual) => actual === value : notANumber(field, value);
    case 'time': {
      const atMs = timeOf(value);
      return atMs === null ? { problem: `«${value}» is not a time` } : (actual) => actual === atMs;
    }
    case 'ip':
      return address(value);
    case 'any':
      return anyEquality(value);
    default:
      if (typeof value === 'boolean') return { problem: `${field.name} is a text, not ${value}` };
      return onText(compilePattern(String(value), 'whole'));
  }
}

/** Columns hold what the app wrote: a number may be there as text, a truth as 0 or 1. */
function anyEquality(value: string | number | boolean): ValueTest {
  if (typeof value === 'string') return onText(compilePattern(value, 'whole'));
  if (typeof value === 'number') return (actual) => numberOf(actual) === value;
  return (actual) =>
    actual === value || actual === Number(value) || String(actual).toLowerCase() === String(value);
}

function address(value: FieldValue): ValueTest | TextProblem {
  if (typeof value !== 'string') return { problem: `«${value}» is not an address` };
  if (hasWildcard(value)) return onText(compilePattern(value, 'whole'));
  const wanted = parseIp(value);
  if (wanted === null) {
    const hint = parseCidr(value) === null ? '' : '; a network needs |cidr';
    return { problem: `«${value}» is not an address${hint}` };
  }
  return (actual) => {
    const bytes = typeof actual === 'string' ? parseIp(actual) : null;
    return bytes !== null && sameNetwork(bytes, wanted);
  };
}

function network(value: FieldValue): ValueTest | TextProblem {
  const cidr = typeof value === 'string' ? parseCidr(value) : null;
  if (cidr === null) return { problem: `«${value}» is not a network such as 10.0.0.0/8 or fd00::/8` };
  return (actual) => {
    const bytes = typeof actual === 'string' ? parseIp(actual) : null;
    return bytes !== null && sameNetwork(bytes, cidr.network, cidr.bits);
  };
}

/** Case matters in a regular expression, as in Sigma, and it may match anywhere. */
function expression(value: FieldValue): ValueTest | TextProblem {
  if (typeof value !== 'string' || value === '') return { problem: 're takes a regular expression' };
  try {
    const compiled = new RegExp(value, 'u');
    return onText((text) => compiled.test(text.slice(0, LONGEST_TEXT)));
  } catch (error) {
    return {
      problem: `«${value}» is not a regular expression: ${(error as Error).message.replace(/^.*: /s, '')}`,
    };
  }
}

function order(
  field: Field,
  comparison: Extract<Comparison, 'gt' | 'gte' | 'lt' | 'lte'>,
  value: FieldValue,
): ValueTest | TextProblem {
  const limit = field.type === 'time' ? timeOf(value) : value;
  if (typeof limit !== 'number') return notANumber(field, value);
  const holds = {
    gt: (actual: number) => actual > limit,
    gte: (actual: number) => actual >= limit,
    lt: (actual: number) => actual < limit,
    lte: (actual: number) => actual <= limit,
  }[comparison];
  return (actual) => {
    const number = numberOf(actual);
    return number !== null && holds(number);
  };
}

function onText(test: (text: string) => boolean): ValueTest {
  return (actual) => actual !== null && test(String(actual));
}

function numberOf(actual: FieldValue): number | null {
  if (typeof actual === 'number') return actual;
  const isNumeric = typeof actual === 'string' && /^\s*-?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i.test(actual);
  return isNumeric ? Number(actual) : null;
}

/** A date and time with its zone, as ISO 8601 writes it, in epoch milliseconds. */
function timeOf(value: FieldValue): number | null {
  const hasZone = typeof value === 'string' && /T.*(Z|[+-]\d{2}:?\d{2})$/.test(value);
  const atMs = hasZone ? Date.parse(value) : Number.NaN;
  return Number.isNaN(atMs) ? null : atMs;
}

function notANumber(field: Field, value: FieldValue): TextProblem {
  const expected = field.type === 'time' ? 'a time such as 2026-05-01T08:00:00Z' : 'a number';
  return { problem: `${field.name} takes ${expected}, not ${JSON.stringify(value)}` };
}
