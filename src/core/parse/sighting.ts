import type { EventTime } from './event-time.ts';

/** When something that the app wrote was first seen, and since when it could have come. */
export interface Sighting {
  /** The look's time. */
  nowMs: number;
  /** When the reading had ended: later stamps than this are from the future. */
  readAtMs: number;
  /** The last look that would have seen it, and nobody writing; null for what was there at the first look. */
  previousMs: number | null;
  /** Whoever wrote it before would have been heard by then, as far as the system tells of what is written; null: nothing is known of that. */
  silentUntilMs: number | null;
  /** How far a stamp may be off, see stampGraceMs. */
  graceMs: number;
}

/** The times of a row or line, as its activity has them. */
export interface SightedTimes {
  atMs: number;
  firstSeenAtMs: number;
  notBeforeMs?: number;
  stampedAtMs: number | null;
  stampDoubtful: boolean;
  backdated?: true;
}

/** How far a stamp may be off: two ticks and a second, since it is taken before its transaction commits. */
export function stampGraceMs(tickMs: number): number {
  return 2 * tickMs + 1000;
}

/** Stamps finer than this are taken as they are; coarser ones are narrowed down to when the row can have come. */
const FINE_MS = 1000;

/** Whether a stamp lies between the last look that did not see it and the one that did, give or take its resolution and the grace. */
export function isBelievable(stamp: EventTime, { nowMs, readAtMs, previousMs, graceMs }: Sighting): boolean {
  const isEarly = previousMs !== null && stamp.atMs + stamp.resolutionMs < previousMs - graceMs;
  return !isEarly && stamp.atMs <= Math.max(nowMs, readAtMs) + graceMs;
}

/**
 * Whether a stamp is from before it was written at all, give or take the same. It may be true (an app that writes when a request
 * has ended), but is nothing except the app's own word.
 */
function isFromBefore(stamp: EventTime, { silentUntilMs, graceMs }: Sighting): boolean {
  return silentUntilMs !== null && stamp.atMs + stamp.resolutionMs < silentUntilMs - graceMs;
}

/**
 * What the stamp of a row or line is worth. Where it is not believable, the clock or the zone of the stamps is in doubt, or a
 * transaction was open for longer than that: it then counts at the time when it was first seen.
 * @param stamp null: there is none, or none that can be read
 * @param isStamped there is something that should be a time
 */
export function sightedTimes(stamp: EventTime | null, isStamped: boolean, sighting: Sighting): SightedTimes {
  const { nowMs, previousMs } = sighting;
  const stampDoubtful = stamp === null ? isStamped : !isBelievable(stamp, sighting);
  const firstSeenAtMs = previousMs === null ? Math.min(stamp?.atMs ?? nowMs, nowMs) : nowMs;
  const backdated = stamp !== null && !stampDoubtful && previousMs !== null && isFromBefore(stamp, sighting);
  let atMs = firstSeenAtMs;
  if (stamp !== null && !stampDoubtful) {
    const { atMs: stampedMs, resolutionMs } = stamp;
    const latestMs = Math.min(stampedMs + resolutionMs, nowMs);
    atMs =
      resolutionMs <= FINE_MS ? stampedMs : Math.max(stampedMs, Math.min(previousMs ?? stampedMs, latestMs));
  }
  return {
    atMs,
    firstSeenAtMs,
    ...(previousMs !== null && (stamp === null || stampDoubtful) ? { notBeforeMs: previousMs } : {}),
    stampedAtMs: stamp?.atMs ?? null,
    stampDoubtful,
    ...(backdated ? { backdated } : {}),
  };
}
