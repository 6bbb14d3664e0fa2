import type { WatchedProcess } from '../../../model/process.ts';
import type { Actor, Cause } from '../../../model/proof.ts';
import { type WindowWakes, windowWakes } from '../../derive/wakes.ts';
import type { Claim } from '../claim.ts';
import { clean } from '../sentences.ts';
import { spellTimeout } from '../wake-words.ts';
import type { ExplainedCause } from '../wake-cause.ts';

/** A timeout this close to a period explains it. */
const TOLERANCE = 0.05;

/** How a thread that acts at each beat sleeps in between; null where nobody recorded that, or it does not fit. */
export function sleepBetween(
  { evidence, target, window }: Claim,
  processes: readonly WatchedProcess[],
  actors: readonly Actor[],
  periodMs: number,
): ExplainedCause | null {
  const ids = new Set(processes.map(({ id }) => id));
  const threads = new Set(actors.map(({ thread }) => thread));
  const fitting = windowWakes(evidence, target, window)
    .filter(({ process, wokenBy }) => ids.has(process.id) && (wokenBy === 'timer' || wokenBy === 'interrupt'))
    .map((wake) => ({ wake, distance: distanceOf(wake, periodMs) }))
    .filter(({ distance }) => distance <= TOLERANCE)
    .sort(
      (a, b) =>
        Number(!threads.has(a.wake.thread)) - Number(!threads.has(b.wake.thread)) || a.distance - b.distance,
    );
  const wake = fitting[0]?.wake;
  if (wake?.thread == null || wake.call === null || wake.timeoutMs === null) return null;
  const timeout = ` with a timeout of ${spellTimeout(wake.timeoutMs, wake.timeoutIs)}`;
  return {
    cause: causeOf(wake),
    text: `thread ${clean(wake.thread)} sleeps in ${wake.call}${timeout}`,
  };
}

function causeOf({ wokenBy, waker, call, timeoutMs, thread, perMinute }: WindowWakes): Cause {
  return {
    wokenBy,
    waker,
    share: 1,
    call,
    timeoutSeconds: timeoutMs === null ? null : timeoutMs / 1000,
    thread,
    perMinute,
  };
}

function distanceOf({ timeoutMs }: WindowWakes, periodMs: number): number {
  return timeoutMs === null ? Number.POSITIVE_INFINITY : Math.abs(timeoutMs / periodMs - 1);
}
