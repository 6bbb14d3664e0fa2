import type { Activity } from '../../model/activity.ts';
import { type Asked, askNetwork } from './activity-table.ts';
import type { ActorOf } from './actors.ts';
import { type Field, FIELDS } from './fields.ts';
import { madeOf, rowsBehind } from './selection.ts';

/** What counts as one: an activity, with what belongs to it. */
export interface Occurrence {
  /** The activity that tells it best. */
  head: Activity;
  /** The head and whatever counts with it, in order of time. */
  readonly activities: readonly Activity[];
}

/** Sends of two looks are a tick apart but for the jitter of the loop; those of one look are not. */
const SAME_TICK = 0.9;

/** Of datagrams each may go from another port. */
const CONNECTED: ReadonlySet<string> = new Set(['tcp', 'sctp', 'vsock']);

const BEGINS: ReadonlySet<string> = new Set(['connect', 'attempt', 'accept', 'listen', 'keepalive']);

/**
 * Joins what counts as one: a connection counts once, whatever moves on it within a tick; later transfers on it count one
 * each; a datagram, or several to one remote within a tick, one. Everything that is not network counts by itself.
 * @param activities in order of time
 * @param actorOf whoever groups the occurrences may ask who acted
 */
export function countAsOne(
  activities: readonly Activity[],
  tickMs: number,
  actorOf: ActorOf,
): readonly Occurrence[] {
  const selection = rowsBehind(activities, (one) => one, actorOf);
  if (!activities.some(({ kind }) => kind === 'network'))
    return madeOf(
      selection,
      activities.map((activity) => new Counted(activity)),
    );
  const { table, rows } = selection;
  const { of: connectionOf, count } = table.classesBy(CONNECTION);
  // Of each connection, the place of the last occurrence on it, counted from 1.
  const open = new Uint32Array(count);
  const occurrences: Counted[] = [];
  const heads: number[] = [];
  for (let at = 0; at < rows.length; at += 1) {
    const activity = activities[at] as Activity;
    const row = rows[at] as number;
    const connection = connectionOf[row] as number;
    const place = open[connection] as number;
    const last = occurrences[place - 1];
    if (last !== undefined && joins(activity, last.first, tickMs)) {
      last.join(activity);
      if (last.head === activity) heads[place - 1] = row;
      continue;
    }
    occurrences.push(new Counted(activity));
    heads.push(row);
    open[connection] = occurrences.length;
  }
  return madeOf({ table, rows: heads }, occurrences);
}

/** Nearly all occurrences are of one activity: a list of it is made only when somebody asks. */
class Counted implements Occurrence {
  head: Activity;
  #joined: Activity[] | null = null;

  constructor(head: Activity) {
    this.head = head;
  }

  get first(): Activity {
    return this.#joined?.[0] ?? this.head;
  }

  get activities(): readonly Activity[] {
    return this.#joined ?? [this.head];
  }

  join(activity: Activity): void {
    this.#joined ??= [this.head];
    this.#joined.push(activity);
    if (tellsMore(activity, this.head)) this.head = activity;
  }
}

function joins(activity: Activity, first: Activity, tickMs: number): boolean {
  if (activity.kind !== 'network' || BEGINS.has(activity.op)) return false;
  return activity.atMs - first.atMs < SAME_TICK * tickMs;
}

/** Of a transfer both ways in one look, what the end did that opened the connection: it asked, the other answered. */
function tellsMore(activity: Activity, head: Activity): boolean {
  if (activity.kind !== 'network' || head.kind !== 'network') return false;
  const asked = activity.direction === 'outbound' ? 'send' : 'receive';
  return activity.op === asked && !BEGINS.has(head.op) && head.op !== asked;
}

/** What is the same of all that moves on a connection, or goes as datagrams to one remote. */
const CONNECTION: readonly Asked[] = [
  ...['target', 'direction', 'protocol', 'remote.port'].map((name) => FIELDS.network.get(name) as Field),
  askNetwork('where it goes', ({ remote, op }) => (remote === null ? op : remote.ip)),
  askNetwork('its own port', ({ protocol, localPort }) => (CONNECTED.has(protocol) ? localPort : null)),
];
