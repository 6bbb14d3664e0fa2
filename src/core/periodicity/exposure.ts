import type { TimeSpan } from '../../model/time.ts';

/** Sorted, disjoint spans; those that touch become one. Spans without duration, or with ends that are no numbers, are left out. */
export function mergeExposure(spans: readonly TimeSpan[]): TimeSpan[] {
  const merged: TimeSpan[] = [];
  for (const { fromMs, toMs } of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (!(toMs > fromMs) || !Number.isFinite(toMs - fromMs)) continue;
    const last = merged.at(-1);
    if (last !== undefined && fromMs <= last.toMs) last.toMs = Math.max(last.toMs, toMs);
    else merged.push({ fromMs, toMs });
  }
  return merged;
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
export function placeEvents(timesMs: readonly number[], exposure: readonly TimeSpan[]): ExposedEvents {
  if (timesMs.some((atMs) => !Number.isFinite(atMs))) throw new RangeError('a time of an event is no number');
  const sorted = Float64Array.from(timesMs).sort();
  const times: number[] = [];
  const stretch: number[] = [];
  const exposed: number[] = [];
  let at = 0;
  let before = 0;
  for (const atMs of sorted) {
    let span = exposure[at];
    while (span !== undefined && atMs > span.toMs) {
      before += span.toMs - span.fromMs;
      at += 1;
      span = exposure[at];
    }
    if (span === undefined) break;
    if (atMs < span.fromMs) continue;
    times.push(atMs);
    stretch.push(at);
    exposed.push(before + atMs - span.fromMs);
  }
  return {
    timesMs: Float64Array.from(times),
    stretch: Int32Array.from(stretch),
    exposedMs: Float64Array.from(exposed),
  };
}
