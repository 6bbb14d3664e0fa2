import type { Activity, FieldValue } from '../../model/activity.ts';
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
  const fieldsNamed = (names: readonly string[]): (readonly [string, Field | null])[] =>
    names.map((name) => [name, fieldOf(rule.activity, name)]);
  const usual = fieldsNamed(rule.groupBy ?? DEFAULT_GROUP_BY[rule.activity]);
  const inbound = rule.groupBy === undefined ? fieldsNamed(INBOUND_GROUP_BY) : usual;
  const groups = new Map<string, Group<T>>();
  for (const one of all) {
    const head = headOf(one);
    const actor = actorOf(head);
    const fields = isToOwnPort(head) ? inbound : usual;
    const values = fields.map(([, field]) => field?.get(head, actor) ?? null);
    const key = values.map(keyOf).join('');
    const known = groups.get(key);
    if (known !== undefined) known.members.push(one);
    else {
      const subject = Object.fromEntries(fields.map(([name], index) => [name, values[index] ?? null]));
      groups.set(key, { subject, members: [one] });
    }
  }
  return [...groups.values()];
}

const isToOwnPort = (activity: Activity): boolean =>
  activity.kind === 'network' && activity.direction === 'inbound' && activity.localPort !== null;

/** A text begins with its length, so that no two lists of values come to the same. */
const keyOf = (value: FieldValue): string =>
  typeof value === 'string' ? `${value.length}:${value}` : `${value};`;
