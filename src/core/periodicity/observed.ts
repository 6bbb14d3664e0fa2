import type { TimeSpan } from '../../model/time.ts';
import type { PeriodFit } from './period-fit.ts';

/** All events and when somebody looked. */
export interface Observed {
  /** Where the exposure begins; times below count from here. */
  originMs: number;
  /** Sorted. */
  timesMs: Float64Array;
  exposure: readonly TimeSpan[];
}

/** How far from its place a beat may lie. */
export function toleranceMs(fit: PeriodFit, deadTimeMs: number): number {
  return Math.min(fit.period / 4, Math.max(deadTimeMs, 3 * fit.jitter));
}

/** Whether there is an event near a time since the origin; null where nobody looked then. */
export function isSeen(
  { originMs, timesMs, exposure }: Observed,
  sinceMs: number,
  nearMs: number,
): boolean | null {
  const atMs = originMs + sinceMs;
  const after = firstFrom(timesMs, atMs - nearMs);
  if ((timesMs[after] ?? Number.POSITIVE_INFINITY) <= atMs + nearMs) return true;
  return exposure.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs) ? false : null;
}

/** Index of the first time that is not earlier. */
function firstFrom(sorted: Float64Array, atMs: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
