import type { NetworkActivity } from '../../model/activity.ts';
import type { Evidence } from '../../model/evidence.ts';
import { activitiesOf } from '../derive/activities-of.ts';
import type { Lifetime } from '../derive/lifetimes.ts';

/** Times of connections, in order: they explain what a counter says. */
export interface Seen {
  opened: number[];
  accepted: number[];
}

/** Times of the connections that were seen of some processes; those without an actor count where there is no doubt. */
export function seenOf(evidence: Evidence, target: string, members: readonly Lifetime[], all: boolean): Seen {
  const ids = new Set(members.map((life) => life.process.id));
  const seen: Seen = { opened: [], accepted: [] };
  const isTheirs = (activity: NetworkActivity): boolean =>
    activity.processId === null ? all : ids.has(activity.processId);
  for (const activity of activitiesOf(evidence, 'network')) {
    if (activity.target !== target || activity.protocol !== 'tcp') continue;
    if (!isTheirs(activity)) continue;
    // An attempt need not have moved the counter: there was no way, or a send failed on what was open already.
    if (activity.op === 'connect') seen.opened.push(activity.atMs);
    if (activity.op === 'accept') seen.accepted.push(activity.atMs);
  }
  for (const times of [seen.opened, seen.accepted]) times.sort((a, b) => a - b);
  return seen;
}
