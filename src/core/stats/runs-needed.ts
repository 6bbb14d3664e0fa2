import { type Change, type ChangeScale, reachOf } from './change.ts';

/** More than that nobody measures. */
export const MOST_RUNS = 99;

export interface Limits extends ChangeScale {
  /** Which way is worse: up (1) or down (-1). */
  worse: 1 | -1;
  /** In percent, or points: what may become worse by so much, and what must not by so much. */
  allowance: number;
  tolerance: number;
}

/**
 * How many runs a side would tell what is the same from what is worse by the tolerance, whatever was seen: those with which the interval of
 * a change reaches half as far as it is from one to the other. It shrinks as their number grows, and reaches fewer standard errors.
 * An estimate: how runs differ is itself known from few.
 * @param runs of each side, as they were measured
 * @returns null: more than anybody measures
 */
export function runsNeeded(
  { value, low, high, reach }: Change,
  [before, after]: readonly [number, number],
  { by, exceeded, worse, allowance, tolerance }: Limits,
): number | null {
  // On the scale on which the interval was made.
  const scaled = (given: number): number => (by === 'ratio' ? Math.log1p(given / 100) : given);
  const most = Math.max(allowance, tolerance);
  const least = Math.min(allowance, most / 2);
  const room = Math.abs(scaled(worse * most) - scaled(worse * least)) / 2;
  const halfWidth = Math.abs(scaled(worse === 1 ? high : low) - scaled(value));
  const ofOneRun = halfWidth / reach / Math.sqrt(1 / before + 1 / after);
  for (let count = Math.max(2, Math.min(before, after) + 1); count <= MOST_RUNS; count += 1) {
    if (reachOf(exceeded, 2 * count - 2) * ofOneRun * Math.sqrt(2 / count) <= room) return count;
  }
  return null;
}
