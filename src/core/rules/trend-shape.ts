import { normalQuantile } from '../stats/distribution-quantiles.ts';
import { type NoisySlope, slopeInNoise } from '../stats/noisy-slope.ts';
import { type SlopePoint, theilSen } from '../stats/theil-sen.ts';
import { compare, type Expectation } from './expectation.ts';
import { compareInterval, isCeiling } from './interval.ts';

/** Whether each half by itself breaks the limit, too. */
export function goesOn(points: readonly SlopePoint[], expectation: Expectation): boolean {
  const half = points.length >> 1;
  return [points.slice(0, half), points.slice(-half)].every((part) => {
    const slope = theilSen(part)?.slope;
    return slope !== undefined && compare(slope, expectation, false) === 'broken';
  });
}

/**
 * Whether the end breaks the limit, which the slope of all of a window does not show: the second half by itself does, or the last value differs from each
 * of the first half by more than the limit allows for the time in between (which chance lets it do in one of as many windows as that has values).
 */
export function endsBeyond(
  points: readonly SlopePoint[],
  expectation: Expectation,
  { alpha, step }: { alpha: number; step: number },
): boolean {
  const half = points.length >> 1;
  const late = slopeInNoise(points.slice(-half), alpha);
  if (late !== null && compareInterval(late.low, late.high, expectation) === 'broken') return true;
  const sign = isCeiling(expectation) ? 1 : -1;
  const last = points.at(-1);
  return (
    last !== undefined &&
    points.slice(0, half).every(({ x, y }) => sign * (last.y - y - expectation.limit * (last.x - x)) > step)
  );
}

/** Mann and Kendall's test of what the limit does not allow. */
export function isOrdered({ riseBeyond }: NoisySlope, expectation: Expectation, alpha: number): boolean {
  const rise = riseBeyond(expectation.limit);
  return (isCeiling(expectation) ? rise : -rise) >= normalQuantile(alpha / 2);
}
