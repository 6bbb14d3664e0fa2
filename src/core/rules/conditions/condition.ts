import type { ActivityKind, FieldValue } from '../../../model/activity.ts';
import type { FieldType } from '../fields/row.ts';
import { FIELDS, type Field, type FieldFound, fieldOf, UNRECORDED } from '../fields.ts';
import type { TextProblem } from '../quantity.ts';
import { allOf, anyOf, type Truth, truthOf } from './truth.ts';
import { COMPARISONS, type Comparison, compileValue, type ValueTest } from './value-test.ts';

/** Every modifier that may follow a field. */
export const MODIFIERS: readonly string[] = [...COMPARISONS, 'exists', 'all'];

const TEXT_LIKE: readonly FieldType[] = ['text', 'any', 'ip', 'choice'];
const ORDERED: readonly FieldType[] = ['number', 'any', 'time'];

const TYPES_OF: Record<Comparison, readonly FieldType[]> = {
  contains: TEXT_LIKE,
  startswith: TEXT_LIKE,
  endswith: TEXT_LIKE,
  re: TEXT_LIKE,
  cidr: ['ip', 'any'],
  gt: ORDERED,
  gte: ORDERED,
  lt: ORDERED,
  lte: ORDERED,
};

/** One line of a match: `field|modifier: value`. */
export interface Condition {
  field: Field;
  /** As it was written: `field|modifier`. */
  key: string;
  comparison: Comparison | 'exists' | null;
  values: readonly FieldValue[];
  /** What it says of an activity whose field has this value. */
  truthOf: (found: FieldFound) => Truth;
  /** A keepalive of the kernel's is matched only where a rule names it. */
  namesKeepalive: boolean;
}

/** A problem of a condition; `index` points at a value of its list, `inValue` at its value rather than its key. */
export interface ConditionProblem extends TextProblem {
  inValue: boolean;
  index?: number;
}

type Values = FieldValue | readonly FieldValue[];

/** Compiles one line of a match for an activity; every problem with it is reported. */
export function compileCondition(
  kind: ActivityKind,
  key: string,
  given: Values,
): Condition | readonly ConditionProblem[] {
  const [name = '', ...modifiers] = key.split('|');
  const field = fieldOf(kind, name);
  if (field === null) {
    const problem = `«${name}» is not a field of ${kind}`;
    return [{ problem, value: name, candidates: [...FIELDS[kind].keys()], inValue: false }];
  }
  const wrong = checkModifiers(field, modifiers);
  if (wrong !== null) return [{ ...wrong, inValue: false }];
  if (modifiers.includes('exists')) return existence(field, key, given);
  const values: readonly FieldValue[] = Array.isArray(given) ? given : [given as FieldValue];
  if (values.length === 0) return [{ problem: 'an empty list matches nothing', inValue: true }];
  if (modifiers.includes('all') && values.length === 1)
    return [{ problem: 'all joins several values, and one is given', inValue: true }];
  const comparison = COMPARISONS.find((one) => modifiers.includes(one)) ?? null;
  const compiled = values.map((value) => compileValue(field, comparison, value));
  const problems = compiled.flatMap((one, index) =>
    typeof one === 'function' ? [] : [{ ...one, inValue: true, ...(Array.isArray(given) ? { index } : {}) }],
  );
  if (problems.length > 0) return problems;
  const tests = compiled.filter((one): one is ValueTest => typeof one === 'function');
  const join = modifiers.includes('all') ? allOf : anyOf;
  const [test = (): Truth => 'no', ...others] = tests;
  const known: ValueTest = others.length === 0 ? test : (value) => join(tests.map((one) => one(value)));
  return {
    field,
    key,
    comparison,
    values,
    truthOf: (found) => (found === UNRECORDED ? 'unknown' : known(found)),
    namesKeepalive: name === 'op' && comparison === null && values.some((value) => isKeepalive(value)),
  };
}

function checkModifiers(field: Field, modifiers: readonly string[]): TextProblem | null {
  const unknown = modifiers.find((modifier) => !MODIFIERS.includes(modifier));
  if (unknown !== undefined) {
    return { problem: `«${unknown}» is not a modifier`, value: unknown, candidates: MODIFIERS };
  }
  if (new Set(modifiers).size < modifiers.length) return { problem: 'a modifier is there twice' };
  const comparisons = COMPARISONS.filter((one) => modifiers.includes(one));
  if (comparisons.length > 1) return { problem: `${comparisons.join(' and ')} cannot be combined` };
  if (modifiers.includes('exists') && modifiers.length > 1) return { problem: 'exists stands alone' };
  const [comparison] = comparisons;
  if (comparison !== undefined && !TYPES_OF[comparison].includes(field.type)) {
    return { problem: `${comparison} does not fit ${field.name}, which is ${nameOf(field.type)}` };
  }
  return null;
}

function existence(field: Field, key: string, given: Values): Condition | readonly ConditionProblem[] {
  if (typeof given !== 'boolean') return [{ problem: 'exists is true or false', inValue: true }];
  return {
    field,
    key,
    comparison: 'exists',
    values: [given],
    truthOf: (found) => (found === UNRECORDED ? 'unknown' : truthOf((found != null) === given)),
    namesKeepalive: false,
  };
}

function isKeepalive(value: FieldValue): boolean {
  return typeof value === 'string' && value.toLowerCase() === 'keepalive';
}

function nameOf(type: FieldType): string {
  if (type === 'ip') return 'an address';
  return type === 'any' ? 'a column' : `a ${type}`;
}
