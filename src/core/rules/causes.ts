import type { Activity } from '../../model/activity.ts';
import type { Evidence } from '../../model/evidence.ts';
import { once } from '../derive/once.ts';
import { parseDurationMs } from '../parse/duration.ts';
import { actorsIn } from './actors.ts';
import { compileMatch } from './match.ts';
import type { Cause, Unless } from './pack.ts';

/** Whether an activity is excused by a cause before it; `doubtful` when only by one whose time cannot be believed. */
export type Excuse = (activity: Activity) => 'certain' | 'doubtful' | null;

/** The causes of an `unless`, and when they were, in order of time. */
interface Causes {
  all: ReadonlySet<Activity>;
  certain: readonly number[];
  /** Of those whose time cannot be believed. */
  doubtful: readonly number[];
}

/**
 * The causes of an `unless`, of any target, before the window too: what happens within a time after one is excused. A cause
 * never is, or whatever is a cause as well as an effect would excuse itself, and a poller each of its own calls.
 */
export function excusedBy({ after, within }: Unless, evidence: Evidence): Excuse {
  const { all, certain, doubtful } = causesIn(after, evidence);
  const withinMs = parseDurationMs(within) ?? 0;
  return (activity) => {
    if (all.has(activity)) return null;
    const { atMs } = activity;
    if (hasBefore(certain, atMs, withinMs)) return 'certain';
    return hasBefore(doubtful, atMs, withinMs) ? 'doubtful' : null;
  };
}

function causesIn(after: Cause, evidence: Evidence): Causes {
  return once(evidence, causesIn, JSON.stringify(after), () => {
    const { matches } = compileMatch(after.activity, after.match);
    const actorOf = actorsIn(evidence);
    const causes = evidence.activities.filter((activity) => matches(activity, actorOf(activity)));
    return {
      all: new Set(causes),
      certain: timesOf(causes.filter((cause) => !isDoubtful(cause))),
      doubtful: timesOf(causes.filter(isDoubtful)),
    };
  });
}

function timesOf(causes: readonly Activity[]): number[] {
  return causes.map((cause) => cause.atMs).sort((a, b) => a - b);
}

/** Whether the time of a cause cannot be believed. */
export function isDoubtful(cause: Activity): boolean {
  return cause.kind === 'event' && (cause.stampDoubtful || cause.stampedAtMs === null);
}

/** Whether one of the sorted times lies at most `withinMs` before a time, or at it. */
function hasBefore(times: readonly number[], atMs: number, withinMs: number): boolean {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  const last = times[low - 1];
  return last !== undefined && atMs - last <= withinMs;
}
