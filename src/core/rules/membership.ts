import type { Activity, ActivityKind, EventActivity } from '../../model/activity.ts';
import type { Evidence, Window } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { holds } from '../derive/spans.ts';
import { GAP_TICKS } from '../derive/timeline.ts';

/** How long after the close a window still waits for a writer that holds the database's lock. */
const LOCK_GRACE_MS = 10_000;

/** Activities of one kind that belong to a window, in order of time. */
export function activitiesIn(evidence: Evidence, window: Window, kind: ActivityKind): Activity[] {
  const { tickMs } = evidence.run;
  return evidence.activities
    .filter((activity) => activity.kind === kind && belongsTo(activity, window, tickMs))
    .sort((a, b) => a.atMs - b.atMs);
}

/** Whether an activity is one of a window: where it is not, no rule of the window sees it. */
export function belongsTo(activity: Activity, window: TimeSpan, tickMs: number): boolean {
  return activity.kind === 'event' ? rowBelongs(activity, window, tickMs) : holds(window, activity.atMs);
}

/**
 * A row first seen in the window belongs to it whatever its stamp; one first seen later belongs to it when it is stamped
 * in the window. One whose stamp cannot be believed has to come soon after the close, and is stamped in the window all the
 * same or may have come before the close.
 */
function rowBelongs(row: EventActivity, window: TimeSpan, tickMs: number): boolean {
  const { firstSeenAtMs, stampedAtMs, stampDoubtful, notBeforeMs = -Infinity } = row;
  if (firstSeenAtMs <= window.toMs) return firstSeenAtMs > window.fromMs;
  const isStampedInIt = stampedAtMs !== null && holds(window, stampedAtMs);
  if (stampedAtMs !== null && !stampDoubtful) return isStampedInIt;
  const isSoon = firstSeenAtMs <= window.toMs + LOCK_GRACE_MS + GAP_TICKS * tickMs;
  return isSoon && (isStampedInIt || notBeforeMs < window.toMs);
}
