import type { FieldValue } from '../../../model/activity.ts';
import { ExpressionError } from '../../parse/expression.ts';
import { utf8Bytes } from '../../parse/utf8-bytes.ts';
import type { FieldReading } from '../fields/row.ts';
import type { Field } from '../fields.ts';
import type { TextProblem } from '../quantity.ts';
import { isRounded } from '../rounded.ts';
import { address, network, noPartOfAddress } from './address-test.ts';
import { isPart, type KnownTest, onNumber, onText } from './known-test.ts';
import { whyNeverMatching } from './never-matching.ts';
import { notANumber, order, timeOf } from './order-test.ts';
import { shortestBytes } from './pattern.ts';
import { expressionComparer, globComparer } from './text-test.ts';
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
    if (utf8Bytes(kept + character) > maxBytes) break;
    kept += character;
  }
  return {
    problem: `«${value}» is too long for ${field.name}: names are cut to ${maxBytes} bytes by the kernel; write «${kept}»`,
  };
}

const isOfText = (comparison: Comparison): boolean =>
  comparison === 'contains' || comparison === 'startswith' || comparison === 'endswith';

/** A text that begins as none of the field does, or is in no address, would never match. */
function illFormed(
  { name, type, form }: Field,
  comparison: Comparison | null,
  value: FieldValue,
): TextProblem | null {
  if (typeof value !== 'string') return null;
  if (type === 'ip' && comparison !== null && isOfText(comparison)) return noPartOfAddress(value);
  if (form === null || form.pattern.test(value)) return null;
  const isBeginning = comparison === 'startswith' && form.beginning !== undefined;
  return comparison === null || isBeginning
    ? { problem: `«${value}» never matches: ${name} ${form.problem}` }
    : null;
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
  if (isRounded(value)) {
    return { problem: `«${value}» has more digits than a number keeps; put it in quotes` };
  }
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
  if (typeof value === 'number') return onNumber(value, (actual) => actual === value);
  return (actual) => {
    if (actual === value || actual === Number(value)) return 'yes';
    return isPart(actual) ? 'unknown' : truthOf(String(actual).toLowerCase() === String(value));
  };
}

function expression(field: Field, value: FieldValue): KnownTest | TextProblem {
  if (typeof value !== 'string' || value === '') return { problem: 're takes a regular expression' };
  try {
    const test = onText(field, expressionComparer(value));
    const why = whyNeverMatching(value, field);
    return why === null ? test : { problem: `«${value}» never matches: ${why}` };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { problem: `«${value}» is not a regular expression of RE2: ${error.message}` };
  }
}
