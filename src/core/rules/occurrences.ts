import type { Activity, FieldValue, NetworkActivity } from '../../model/activity.ts';
import { ByValues } from '../derive/by-values.ts';

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
  const open = new ByValues<Occurrence>();
  const occurrences: Occurrence[] = [];
  for (const activity of activities) {
    const connection = activity.kind === 'network' ? connectionOf(activity) : null;
    const last = connection === null ? undefined : open.get(connection);
    if (last !== undefined && joins(activity, last, tickMs)) {
      last.activities.push(activity);
      if (tellsMore(activity, last.head)) last.head = activity;
      continue;
    }
    const occurrence = { head: activity, activities: [activity] };
    occurrences.push(occurrence);
    if (connection !== null) open.set(connection, occurrence);
  }
  return occurrences;
}

function joins(activity: Activity, { activities: [first] }: Occurrence, tickMs: number): boolean {
  if (activity.kind !== 'network' || BEGINS.has(activity.op)) return false;
  return activity.atMs - (first?.atMs ?? 0) < SAME_TICK * tickMs;
}

/** Of a transfer both ways in one look, what the end did that opened the connection: it asked, the other answered. */
function tellsMore(activity: Activity, head: Activity): boolean {
  if (activity.kind !== 'network' || head.kind !== 'network') return false;
  const asked = activity.direction === 'outbound' ? 'send' : 'receive';
  return activity.op === asked && !BEGINS.has(head.op) && head.op !== asked;
}

function connectionOf({ target, direction, protocol, remote, localPort, op }: NetworkActivity): FieldValue[] {
  const isConnection = protocol === 'tcp' || protocol === 'sctp' || protocol === 'vsock';
  const own = isConnection ? localPort : null;
  return [target, direction, protocol, remote === null ? op : remote.ip, remote?.port ?? null, own];
}
