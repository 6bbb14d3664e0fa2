import type { Activity, FieldValue } from '../../model/activity.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { type Asked, askNetwork } from './activity-table.ts';
import type { Claim } from './claim.ts';
import { DEFAULT_GROUP_BY, type Field, fieldOf, FIELDS, INBOUND_GROUP_BY } from './fields.ts';
import type { ActivityRule } from './pack.ts';
import { rowsBehind } from './selection.ts';

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
  const { table, rows } = rowsBehind(all, headOf, actorOf);
  const { of: classOf, count } = table.classesBy(askedBy(rule));
  const membersOf = Array.from<T[] | undefined>({ length: count });
  const found: T[][] = [];
  for (let at = 0; at < rows.length; at += 1) {
    const own = classOf[rows[at] as number] as number;
    let members = membersOf[own];
    if (members === undefined) found.push((members = membersOf[own] = []));
    members.push(all[at] as T);
  }
  return found.map((members) => {
    const head = headOf(members[0] as T);
    return { subject: subjectOf(rule, head, actorOf(head)), members };
  });
}

/** What tells subjects apart. */
function askedBy({ activity, groupBy }: ActivityRule): readonly Asked[] {
  if (groupBy === undefined && activity === 'network') return REMOTE_OR_OWN_PORT;
  return (groupBy ?? DEFAULT_GROUP_BY[activity]).flatMap((name) => fieldOf(activity, name) ?? []);
}

const isToOwnPort = (activity: Activity): boolean =>
  activity.kind === 'network' && activity.direction === 'inbound' && activity.localPort !== null;

/** Network activities by their remote end; those to the own port by that. */
const REMOTE_OR_OWN_PORT: readonly Asked[] = [
  FIELDS.network.get('protocol') as Field,
  askNetwork('is to its own port', isToOwnPort),
  askNetwork('own port or remote', (one) => (isToOwnPort(one) ? one.localPort : one.remote?.ip)),
  askNetwork('port of remote', (one) => (isToOwnPort(one) ? null : one.remote?.port)),
];

function subjectOf(
  { activity, groupBy }: ActivityRule,
  head: Activity,
  actor: WatchedProcess | null,
): Record<string, FieldValue> {
  const names = groupBy ?? (isToOwnPort(head) ? INBOUND_GROUP_BY : DEFAULT_GROUP_BY[activity]);
  return Object.fromEntries(names.map((name) => [name, fieldOf(activity, name)?.get(head, actor) ?? null]));
}
