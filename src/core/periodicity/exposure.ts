import type { TimeSpan } from '../../model/time.ts';

/** Bounds the time of whatever goes through the exposure. */
const MAX_SPANS = 500;

/**
 * Sorted, disjoint spans; those that touch become one. Spans without duration, or with ends that are no numbers, are
 * left out; of more than 500 the shortest too, as if nobody had looked then.
 */
export function mergeExposure(spans: readonly TimeSpan[]): TimeSpan[] {
  const merged: TimeSpan[] = [];
  for (const { fromMs, toMs } of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (!(toMs > fromMs) || !Number.isFinite(toMs - fromMs)) continue;
    const last = merged.at(-1);
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else merged.push({ fromMs, toMs });
  }
  return merged.length > MAX_SPANS ? longestOf(merged) : merged;
}

function longestOf(spans: readonly TimeSpan[]): TimeSpan[] {
  const kept = new Set(spans.toSorted((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs)).slice(0, MAX_SPANS));
  return spans.filter((span) => kept.has(span));
}

/** Events in time, with the stretch of the exposure that each lies in. */
export interface ExposedEvents {
  timesMs: Float64Array;
  stretch: Int32Array;
  /** Exposed time between the first stretch's start and the event. */
  exposedMs: Float64Array;
}

/**
 * Sorts events and places them in the exposure; those outside of it are left out: nobody was there to vouch for their
 * neighbours.
 * @param exposure sorted and disjoint
 * @throws RangeError for a time that is no number
 */
export function placeEvents(
  timesMs: readonly number[] | Float64Array,
  exposure: readonly TimeSpan[],
): ExposedEvents {
  const sorted = sortedTimes(timesMs);
  const stretch = new Int32Array(sorted.length);
  const exposedMs = new Float64Array(sorted.length);
  let count = 0;
  let at = 0;
  let beforeMs = 0;
  for (let index = 0; index < sorted.length; index += 1) {
    const atMs = sorted[index] as number;
    let span = exposure[at];
    while (span !== undefined && atMs > span.toMs) {
      beforeMs += span.toMs - span.fromMs;
      at += 1;
      span = exposure[at];
    }
    if (span === undefined) break;
    if (atMs < span.fromMs) continue;
    sorted[count] = atMs;
    stretch[count] = at;
    exposedMs[count] = beforeMs + atMs - span.fromMs;
    count += 1;
  }
  return {
    timesMs: sorted.subarray(0, count),
    stretch: stretch.subarray(0, count),
    exposedMs: exposedMs.subarray(0, count),
  };
}

function sortedTimes(timesMs: readonly number[] | Float64Array): Float64Array {
  const times = new Float64Array(timesMs);
  let isSorted = true;
  for (let index = 0; index < times.length; index += 1) {
    const atMs = times[index] as number;
    if (!Number.isFinite(atMs)) throw new RangeError('a time of an event is no number');
    if (index > 0 && atMs < (times[index - 1] as number)) isSorted = false;
  }
  return isSorted ? times : times.sort();
}
