import type { Activity, FieldValue } from '../../model/activity.ts';
import { ByValues } from '../derive/by-values.ts';
import type { Claim } from './claim.ts';
import { DEFAULT_GROUP_BY, type Field, fieldOf, INBOUND_GROUP_BY } from './fields.ts';
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
  const usual = groupingBy<T>(rule, rule.groupBy ?? DEFAULT_GROUP_BY[rule.activity]);
  const inbound = rule.groupBy === undefined ? groupingBy<T>(rule, INBOUND_GROUP_BY) : usual;
  const groups: Group<T>[] = [];
  for (const one of all) {
    const head = headOf(one);
    const actor = actorOf(head);
    const { names, fields, known } = isToOwnPort(head) ? inbound : usual;
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

interface Grouping<T> {
  names: readonly string[];
  fields: readonly (Field | null)[];
  known: ByValues<Group<T>>;
}

const groupingBy = <T>({ activity }: ActivityRule, names: readonly string[]): Grouping<T> => ({
  names,
  fields: names.map((name) => fieldOf(activity, name)),
  known: new ByValues(),
});

const isToOwnPort = (activity: Activity): boolean =>
  activity.kind === 'network' && activity.direction === 'inbound' && activity.localPort !== null;

function subjectOf(names: readonly string[], values: readonly FieldValue[]): Record<string, FieldValue> {
  return Object.fromEntries(names.map((name, index) => [name, values[index] ?? null]));
}
