import type { TimeSpan } from '../../model/time.ts';
import type { PeriodFit } from './period-fit.ts';

/** All events and when somebody looked. */
export interface Observed {
  /** Where the exposure begins; times below count from here. */
  originMs: number;
  /** Sorted. */
  timesMs: Float64Array;
  /** Those that are beats of periods found before, sorted. */
  takenMs: Float64Array;
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
  if (hasNear(timesMs, atMs, nearMs)) return true;
  return exposure.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs) ? false : null;
}

/** Whether a beat of a period found before lies near a time since the origin: what else is there cannot be told. */
export function isTaken({ originMs, takenMs }: Observed, sinceMs: number, nearMs: number): boolean {
  return hasNear(takenMs, originMs + sinceMs, nearMs);
}

function hasNear(sorted: Float64Array, atMs: number, nearMs: number): boolean {
  const after = firstFrom(sorted, atMs - nearMs);
  return (sorted[after] ?? Number.POSITIVE_INFINITY) <= atMs + nearMs;
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
