import type { Activity, ActivityKind, EventActivity } from '../../model/activity.ts';
import type { Evidence, Window } from '../../model/evidence.ts';
import { holds } from '../derive/spans.ts';
import { GAP_TICKS } from '../derive/timeline.ts';

/** How long after the close a window still waits for a writer that holds the database's lock. */
const LOCK_GRACE_MS = 10_000;

/** Activities of one kind that belong to a window, in order of time. */
export function activitiesIn(evidence: Evidence, window: Window, kind: ActivityKind): Activity[] {
  const graceMs = LOCK_GRACE_MS + GAP_TICKS * evidence.run.tickMs;
  return evidence.activities
    .filter(
      (activity) =>
        activity.kind === kind &&
        (activity.kind === 'event' ? rowBelongs(activity, window, graceMs) : holds(window, activity.atMs)),
    )
    .sort((a, b) => a.atMs - b.atMs);
}

/**
 * A row first seen in the window belongs to it whatever its stamp; one first seen later belongs to it when it is stamped
 * in the window, or when its stamp cannot be believed and it came soon after the close.
 */
function rowBelongs(row: EventActivity, window: Window, graceMs: number): boolean {
  if (row.firstSeenAtMs <= window.toMs) return row.firstSeenAtMs > window.fromMs;
  if (row.stampedAtMs === null || row.stampDoubtful) return row.firstSeenAtMs <= window.toMs + graceMs;
  return holds(window, row.stampedAtMs);
}
