import type { Activity, FieldValue } from '../../model/activity.ts';
import { ByValues } from '../derive/by-values.ts';
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
  const known = new ByValues<Group<T>>();
  const groups: Group<T>[] = [];
  for (const one of all) {
    const head = headOf(one);
    const actor = actorOf(head);
    const values = fields.map((field) => field?.get(head, actor) ?? null);
    let group = known.get(values);
    if (group === undefined) {
      group = { subject: subjectOf(names, values), members: [] };
      known.set(values, group);
      groups.push(group);
    }
    group.members.push(one);
  }
  return groups;
}

function subjectOf(names: readonly string[], values: readonly FieldValue[]): Record<string, FieldValue> {
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
}
