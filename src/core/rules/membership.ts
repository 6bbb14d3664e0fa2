import type { Activity, ActivityKind } from '../../model/activity.ts';
import type { Evidence, Window } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { activitiesOf } from '../derive/activities-of.ts';
import { type AppRecord, isAppRecord } from '../derive/app-record.ts';
import { inOrderOfTime } from '../derive/in-order-of-time.ts';
import { spanKey } from '../derive/once.ts';
import { holds } from '../derive/spans.ts';
import { GAP_TICKS } from '../derive/timeline.ts';

/** How long after the close a window still waits for a writer that holds the database's lock. */
const LOCK_GRACE_MS = 10_000;

/** All of a window that decides what belongs to it. */
export type Belonging = Pick<Window, 'kind' | 'fromMs' | 'toMs'>;

/** The same as text. */
export const belongingKey = ({ kind, ...span }: Belonging): string => `${kind} ${spanKey(span)}`;

/** Activities of one kind that belong to a window, in order of time. */
export function activitiesIn(evidence: Evidence, window: Belonging, kind: ActivityKind): Activity[] {
  const { tickMs } = evidence.run;
  const own: Activity[] = activitiesOf(evidence, kind).filter((one) => belongsTo(one, window, tickMs));
  if (kind === 'process' && window.kind === 'stop') own.push(...orphansThrough(evidence, window, own));
  return inOrderOfTime(own);
}

const isOrphan = (one: Activity): boolean => one.kind === 'process' && one.op === 'outlived-parent';

/** Of a stop, those too who were orphans before it began and live on after it: the app has not taken them along. */
function orphansThrough(
  evidence: Evidence,
  { fromMs, toMs }: TimeSpan,
  told: readonly Activity[],
): Activity[] {
  const all = activitiesOf(evidence, 'process');
  const before = all.filter((one) => isOrphan(one) && one.atMs < fromMs);
  if (before.length === 0) return [];
  const isOver = new Set(told.filter(isOrphan).map(({ processId }) => processId));
  for (const one of all) if (one.op === 'exit' && one.atMs <= toMs) isOver.add(one.processId);
  return before.filter(({ processId }) => !isOver.has(processId));
}

/** Whether an activity is one of a window: where it is not, no rule of the window sees it. */
export function belongsTo(activity: Activity, window: TimeSpan, tickMs: number): boolean {
  return isAppRecord(activity) ? recordBelongs(activity, window, tickMs) : holds(window, activity.atMs);
}

/**
 * A row or line first seen in the window belongs to it whatever its stamp; one first seen later belongs to it when it is stamped
 * in the window. One whose stamp cannot be believed has to come soon after the close, and is stamped in the window all the
 * same or may have come before the close.
 */
function recordBelongs(record: AppRecord, window: TimeSpan, tickMs: number): boolean {
  const { firstSeenAtMs, stampedAtMs, stampDoubtful, notBeforeMs = -Infinity } = record;
  if (firstSeenAtMs <= window.toMs) return firstSeenAtMs > window.fromMs;
  const isStampedInIt = stampedAtMs !== null && holds(window, stampedAtMs);
  if (stampedAtMs !== null && !stampDoubtful) return isStampedInIt;
  const isSoon = firstSeenAtMs <= window.toMs + LOCK_GRACE_MS + GAP_TICKS * tickMs;
  return isSoon && (isStampedInIt || notBeforeMs < window.toMs);
}
