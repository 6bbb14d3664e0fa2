import type { Activity, FieldValue } from '../../model/activity.ts';
import type { Claim } from './claim.ts';
import { DEFAULT_GROUP_BY, fieldOf } from './fields.ts';
import type { ActivityRule } from './pack.ts';

/** What has the same values in the fields of a rule's `groupBy`. */
export interface Group<T> {
  subject: Record<string, FieldValue>;
  members: T[];
}

/** Groups activities, or what contains them, by the fields that a rule names, in the order in which they first occur. */
export function groupBySubject<T>(
  { rule, actorOf }: Claim<ActivityRule>,
  all: readonly T[],
  headOf: (one: T) => Activity,
): Group<T>[] {
  const names = rule.groupBy ?? DEFAULT_GROUP_BY[rule.activity];
  const fields = names.map((name) => fieldOf(rule.activity, name));
  const groups = new Map<string, Group<T>>();
  for (const one of all) {
    const head = headOf(one);
    const actor = actorOf(head);
    const values = fields.map((field) => field?.get(head, actor) ?? null);
    const key = values.map(keyOf).join('');
    const known = groups.get(key);
    if (known !== undefined) known.members.push(one);
    else groups.set(key, { subject: subjectOf(names, values), members: [one] });
  }
  return [...groups.values()];
}

function subjectOf(names: readonly string[], values: readonly FieldValue[]): Record<string, FieldValue> {
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
}

/** A text begins with its length, so that no two lists of values come to the same. */
const keyOf = (value: FieldValue): string =>
  typeof value === 'string' ? `${value.length}:${value}` : `${value};`;
