import type { Activity } from '../../model/activity.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { parseDurationMs } from '../parse/duration.ts';
import { compileMatch } from './match.ts';
import type { Unless } from './pack.ts';

/** Whether an activity is excused by a cause before it; `doubtful` when only by one whose time cannot be believed. */
export type Excuse = (activity: Activity) => 'certain' | 'doubtful' | null;

/** The causes of an `unless`, of any target, before the window too: what happens within a time after one is excused. */
export function excusedBy(
  unless: Unless,
  evidence: Evidence,
  actorOf: (activity: Activity) => WatchedProcess | null,
): Excuse {
  const { matches } = compileMatch(unless.after.activity, unless.after.match);
  const withinMs = parseDurationMs(unless.within) ?? 0;
  const causes = evidence.activities.filter((activity) => matches(activity, actorOf(activity)));
  const certain = timesOf(causes.filter((cause) => !isDoubtful(cause)));
  const doubtful = timesOf(causes.filter(isDoubtful));
  return ({ atMs }) => {
    if (hasBefore(certain, atMs, withinMs)) return 'certain';
    return hasBefore(doubtful, atMs, withinMs) ? 'doubtful' : null;
  };
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
