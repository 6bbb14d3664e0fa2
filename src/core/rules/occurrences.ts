import type { Activity, NetworkActivity } from '../../model/activity.ts';

/** What counts as one: an activity, with what belongs to it. */
export interface Occurrence {
  /** The activity that tells it best. */
  head: Activity;
  /** The head and whatever counts with it, in order of time. */
  activities: Activity[];
}

/** Sends of two looks are a tick apart but for the jitter of the loop; those of one look are not. */
const SAME_TICK = 0.9;

const BEGINS: ReadonlySet<string> = new Set(['connect', 'attempt', 'accept', 'listen', 'keepalive']);

/**
 * Joins what counts as one: a connection counts once, whatever moves on it within a tick; later transfers on it count one
 * each; a datagram, or several to one remote within a tick, one. Everything that is not network counts by itself.
 * @param activities in order of time
 */
export function countAsOne(activities: readonly Activity[], tickMs: number): Occurrence[] {
  const open = new Map<string, Occurrence>();
  const occurrences: Occurrence[] = [];
  for (const activity of activities) {
    const key = activity.kind === 'network' ? connectionOf(activity) : null;
    const last = key === null ? undefined : open.get(key);
    const joins =
      last !== undefined &&
      activity.kind === 'network' &&
      !BEGINS.has(activity.op) &&
      activity.atMs - (last.activities[0]?.atMs ?? 0) < SAME_TICK * tickMs;
    if (joins) {
      last.activities.push(activity);
      if (last.head.kind === 'network' && tellsMore(activity, last.head)) last.head = activity;
      continue;
    }
    const occurrence = { head: activity, activities: [activity] };
    occurrences.push(occurrence);
    if (key !== null) open.set(key, occurrence);
  }
  return occurrences;
}

/** Of a transfer both ways in one look, what the end did that opened the connection: it asked, the other answered. */
function tellsMore(activity: NetworkActivity, head: NetworkActivity): boolean {
  const asked = activity.direction === 'outbound' ? 'send' : 'receive';
  return activity.op === asked && !BEGINS.has(head.op) && head.op !== asked;
}

/** Many rules ask for the same. */
const connections: WeakMap<NetworkActivity, string> = new WeakMap();

function connectionOf(activity: NetworkActivity): string {
  const known = connections.get(activity);
  if (known !== undefined) return known;
  const named = nameConnection(activity);
  connections.set(activity, named);
  return named;
}

function nameConnection({ target, direction, protocol, remote, localPort, op }: NetworkActivity): string {
  const end = remote === null ? op : `${remote.ip} ${remote.port ?? 'unknown'}`;
  const isConnection = protocol === 'tcp' || protocol === 'sctp' || protocol === 'vsock';
  return `${direction} ${protocol} ${end} ${isConnection ? localPort : ''} ${target}`;
}
