import type { Activity } from '../../../model/activity.ts';

/** Stamps that are all multiples of one of these were rounded to it; in milliseconds. */
const ROUNDED_TO = [1000, 100, 10, 1];
const MICROSECOND = 1e-3;

/** Collectors that stamp what they find with the time of the look. */
const LOOKS: ReadonlySet<string> = new Set(['sockets', 'processes', 'logs']);

/**
 * How exact the times of activities are, in milliseconds: a tick where looks found most of them; else what their stamps are
 * multiples of.
 */
export function resolutionOf(activities: readonly Activity[], tickMs: number): number {
  const looked = activities.filter(
    (one) => LOOKS.has(one.collector) || (one.kind === 'event' && one.stampedAtMs === null),
  );
  if (looked.length > activities.length / 2) return tickMs;
  return ROUNDED_TO.find((step) => activities.every(({ atMs }) => atMs % step === 0)) ?? MICROSECOND;
}
