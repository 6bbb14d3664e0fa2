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
  const groups = new Map<string, Group<T>>();
  for (const one of all) {
    const head = headOf(one);
    const actor = actorOf(head);
    const subject = Object.fromEntries(
      names.map((name) => [name, fieldOf(head.kind, name)?.get(head, actor) ?? null]),
    );
    const key = JSON.stringify(subject);
    const group = groups.get(key) ?? { subject, members: [] };
    group.members.push(one);
    groups.set(key, group);
  }
  return [...groups.values()];
}
