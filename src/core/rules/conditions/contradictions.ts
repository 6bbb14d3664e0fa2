import type { Activity, ActivityKind, FieldValue } from '../../../model/activity.ts';
import type { Field } from '../fields.ts';
import type { Condition } from './condition.ts';
import { timeOf } from './order-test.ts';
import { hasWildcard } from './pattern.ts';
import { SORTS } from './sorts.ts';

/** Why conditions can never hold at once, and the last one of them, as it was written. */
export interface Contradiction {
  key: string;
  problem: string;
}

/** What keeps the conditions of one map from ever matching, as far as they tell by themselves. */
export function contradictionsIn(kind: ActivityKind, conditions: readonly Condition[]): Contradiction[] {
  const names = [...new Set(conditions.map(({ field }) => field.name))];
  const found = names.flatMap((name) => {
    const own = conditions.filter(({ field }) => field.name === name);
    const last = own.at(-1);
    if (last === undefined) return [];
    const { field } = last;
    const values = candidatesOf(field, own);
    if (values === null) return [];
    if (values.some((value) => own.every(({ truthOf }) => truthOf(value) !== 'no'))) return [];
    const isTogether = own.filter((one) => one.values.length > 0).length > 1;
    const problem = isTogether ? `${field.name} is never all of this at once` : sayNever(last);
    return [{ key: last.key, problem }];
  });
  if (found.length > 0) return found;
  const related = conditions.filter(tellsSorts);
  const last = related.at(-1);
  if (last === undefined || sortsFor(kind, conditions)?.length !== 0) return [];
  const all = [...new Set(related.map(({ field }) => field.name))].join(', ');
  return [{ key: last.key, problem: `no ${kind} activity is all of this at once: ${all}` }];
}

/** The sorts of activity that can satisfy conditions, as far as a sort tells; null: there are no sorts of the kind. */
export function sortsFor(kind: ActivityKind, conditions: readonly Condition[]): Activity[] | null {
  const related = conditions.filter(tellsSorts);
  return SORTS[kind]?.filter((sort) => related.every((one) => mayBe(sort, one))) ?? null;
}

/** Whether the sort of an activity decides a condition, or may do so. */
export const tellsSorts = ({ field }: Pick<Condition, 'field'>): boolean => RELATED.has(field.name);

function mayBe(sort: Activity, { field, truthOf }: Condition): boolean {
  const value = field.get(sort, null);
  return value === undefined || truthOf(value) !== 'no';
}

function sayNever({ field: { name, range, choices }, values, comparison }: Condition): string {
  if (choices.length > 0) return `leaves no value of ${name}${KEEPALIVES[name] ?? ''}`;
  if (range !== null)
    return `is never a value of ${name}, which is ${range.least} or more${upTo(range.most)}`;
  const asksForNone = comparison === 'exists' || values.every((value) => value === null);
  return asksForNone ? `${name} is always known` : `is never a value of ${name}`;
}

const KEEPALIVES: Readonly<Record<string, string>> = { op: '; a keepalive has to be named' };

const upTo = (most: number): string => (Number.isFinite(most) ? `, and ${most} at most` : '');

/** Values of which one satisfies the conditions on a field if any does; null: they cannot be told. */
function candidatesOf(field: Field, own: readonly Condition[]): readonly FieldValue[] | null {
  const absent = field.isAlwaysKnown ? [] : [null];
  if (field.choices.length > 0) return [...field.choices, ...absent];
  const asking = own.filter(({ comparison }) => comparison !== 'exists');
  const values = asking.flatMap((one) => one.values);
  if (values.every((value) => value === null)) {
    return field.isAlwaysKnown && own.every(({ truthOf }) => truthOf(PRESENT) === 'no') ? [] : null;
  }
  if (field.type === 'number') return [...numbersAround(field, values), ...absent];
  if (field.type === 'time') return numbersAround(field, values.map(timeOf));
  return literalsIn(field, asking, absent);
}

/** Stands for whatever is there. */
const PRESENT = '\u{0}';

/** Comparisons hold or not for all numbers between two of their limits alike: the limits, and one number between each two. */
export function numbersAround({ range }: Pick<Field, 'range'>, given: readonly FieldValue[]): number[] {
  const limits = given.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  const { least, most, isWhole } = range ?? {
    least: Number.NEGATIVE_INFINITY,
    most: Number.POSITIVE_INFINITY,
    isWhole: false,
  };
  const between = limits.map((limit, index) => (limit + (limits[index + 1] ?? limit)) / 2);
  const whole = limits.flatMap((limit) => [
    Math.floor(limit) - 1,
    Math.floor(limit),
    Math.ceil(limit),
    Math.ceil(limit) + 1,
  ]);
  return [...limits, ...between, ...whole, least, most]
    .filter((value) => value >= least && value <= most && Number.isFinite(value))
    .filter((value) => !isWhole || Number.isInteger(value));
}

/** A condition that names whole values leaves no others; with patterns and expressions nobody can tell. */
function literalsIn(
  { type }: Field,
  asking: readonly Condition[],
  absent: readonly null[],
): readonly FieldValue[] | null {
  const mayDiffer = asking.some(
    ({ comparison }) =>
      comparison === 're' || (type === 'ip' && comparison !== null && comparison !== 'cidr'),
  );
  const naming = asking.find(
    ({ comparison, values }) =>
      comparison === null && values.every((value) => typeof value !== 'string' || !hasWildcard(value)),
  );
  if (mayDiffer || naming === undefined) return null;
  // An escaped character stands for itself; a column may hold a number as text, and a truth as a number.
  const forms = naming.values.flatMap((value) => {
    const plain = typeof value === 'string' ? value.replaceAll(/\\([*?\\])/g, '$1') : value;
    return type === 'any' && plain !== null ? [plain, String(plain), Number(plain)] : [plain];
  });
  return [...forms, ...absent];
}

/** Fields that depend on each other. */
const RELATED: ReadonlySet<string> = new Set([
  'op',
  'direction',
  'protocol',
  'remote.ip',
  'remote.port',
  'remote.process',
  'bytesSent',
  'bytesReceived',
  'exitCode',
  'replaced',
]);
