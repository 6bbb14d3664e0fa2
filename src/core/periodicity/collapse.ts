import type { ExposedEvents } from './exposure.ts';

/** Shares of the mean gap below which a follower belongs to the burst before it. */
const LADDER = [0.04, 0.1, 0.2, 0.35] as const;
/** Fewer events have too few gaps to tell a period from anything. */
export const MIN_EVENTS = 4;
/** A period within so many dead times is what the collapse makes of random arrivals. */
export const DEAD_TIMES = 2.5;

export interface Collapsed extends ExposedEvents {
  /** After an event that was kept, none was kept for this long. */
  deadTimeMs: number;
}

/**
 * Leaves the first event of each burst. What a burst is follows from the series itself: the dead time grows along a
 * ladder of shares of the mean gap until the gaps beyond it vary no more than those of random arrivals. Everything is
 * relative to the mean gap, so that null tables hold at any scale.
 */
export function collapseBursts(events: ExposedEvents, resolutionMs: number): Collapsed {
  const kept = indicesBelow(events.timesMs.length);
  let thinned = { count: kept.length, deadTimeMs: resolutionMs };
  for (const share of LADDER) {
    thinned = thinTo(share, events, kept, thinned);
    const { count, deadTimeMs } = thinned;
    if (count < MIN_EVENTS || isEven(events, kept.subarray(0, count), deadTimeMs)) break;
  }
  const { count, deadTimeMs } = thinned;
  return { ...pick(events, kept.subarray(0, count)), deadTimeMs };
}

/**
 * How many events there are, those counted once that are close together at any rate. Of many that lie in a part of the time the collapse leaves few;
 * but they hide a timer as well as if they were spread over all of it.
 */
export function countEvents(events: ExposedEvents, resolutionMs: number): number {
  const kept = indicesBelow(events.timesMs.length);
  return thinTo(LADDER[0], events, kept, { count: kept.length, deadTimeMs: resolutionMs }).count;
}

interface Thinned {
  /** So many are kept. */
  count: number;
  deadTimeMs: number;
}

/** Keeps events that are farther apart than a share of the mean gap of those kept. */
function thinTo(
  share: number,
  { timesMs, exposedMs }: ExposedEvents,
  kept: Int32Array,
  { count, deadTimeMs }: Thinned,
): Thinned {
  let before = -1;
  while (count !== before && count >= MIN_EVENTS) {
    before = count;
    const spanMs =
      (exposedMs[kept[count - 1] as number] as number) - (exposedMs[kept[0] as number] as number);
    deadTimeMs = Math.max(deadTimeMs, (share * spanMs) / (count - 1));
    count = thin(timesMs, kept, count, deadTimeMs);
  }
  return { count, deadTimeMs };
}

/** Exposed time from the first event to the last. */
export function exposedSpanMs({ exposedMs }: ExposedEvents): number {
  return (exposedMs.at(-1) ?? 0) - (exposedMs[0] ?? 0);
}

/** Moves those to the front that come long enough after the last one kept; returns how many. */
function thin(timesMs: Float64Array, kept: Int32Array, count: number, deadTimeMs: number): number {
  let lastMs = Number.NEGATIVE_INFINITY;
  let next = 0;
  for (let at = 0; at < count; at += 1) {
    const index = kept[at] as number;
    const atMs = timesMs[index] as number;
    if (atMs - lastMs < deadTimeMs) continue;
    lastMs = atMs;
    kept[next] = index;
    next += 1;
  }
  return next;
}

/** The events without some of them. */
export function without(events: ExposedEvents, taken: readonly number[]): ExposedEvents {
  const isTaken = new Uint8Array(events.timesMs.length);
  for (const index of taken) isTaken[index] = 1;
  const left = new Int32Array(isTaken.length);
  let count = 0;
  for (let index = 0; index < isTaken.length; index += 1) {
    left[count] = index;
    if (isTaken[index] === 0) count += 1;
  }
  return pick(events, left.subarray(0, count));
}

function indicesBelow(count: number): Int32Array {
  const indices = new Int32Array(count);
  for (let index = 0; index < count; index += 1) indices[index] = index;
  return indices;
}

function pick({ timesMs, stretch, exposedMs }: ExposedEvents, indices: Int32Array): ExposedEvents {
  const picked = {
    timesMs: new Float64Array(indices.length),
    stretch: new Int32Array(indices.length),
    exposedMs: new Float64Array(indices.length),
  };
  for (let at = 0; at < indices.length; at += 1) {
    const index = indices[at] as number;
    picked.timesMs[at] = timesMs[index] as number;
    picked.stretch[at] = stretch[index] as number;
    picked.exposedMs[at] = exposedMs[index] as number;
  }
  return picked;
}

/** Whether the gaps, less the dead time, vary no more than exponential ones do; the margin is 1.5 standard errors. */
function isEven({ timesMs, stretch }: ExposedEvents, kept: Int32Array, deadTimeMs: number): boolean {
  let count = 0;
  let mean = 0;
  let squares = 0;
  for (let at = 1; at < kept.length; at += 1) {
    const index = kept[at] as number;
    const before = kept[at - 1] as number;
    if (stretch[index] !== stretch[before]) continue;
    const gap = (timesMs[index] as number) - (timesMs[before] as number);
    count += 1;
    const delta = gap - mean;
    mean += delta / count;
    squares += delta * (gap - mean);
  }
  if (count < 2) return true;
  return Math.sqrt(squares / (count - 1)) < (mean - deadTimeMs) * (1 + 1.5 / Math.sqrt(count));
}
