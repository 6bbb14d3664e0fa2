import type { MeasuredValue } from '../../model/measurement.ts';

/** Half of what 95 % confidence leaves. */
const TAIL = 0.025;

/**
 * Where a quantile lies with at least 95 % confidence, whatever the distribution: between two of the values. The number of
 * independent values below the quantile is binomial (Conover, Practical Nonparametric Statistics, 3.2), so that each end leaves at most 2.5 %.
 * @param sorted ascending
 * @returns null where there are too few values to tell: for the median fewer than 6, for p95 fewer than 72
 */
export function quantileInterval(sorted: ArrayLike<number>, share: number): MeasuredValue['interval'] {
  const count = sorted.length;
  // The quantile is at or above value number r where at least r values are at or below it: P(B < r) is what it may be wrong by.
  const low = lastRankBelow(count, share);
  const high = count + 1 - lastRankBelow(count, 1 - share);
  const [from, to] = [sorted[low - 1], sorted[high - 1]];
  return low < 1 || high > count || from === undefined || to === undefined ? null : { low: from, high: to };
}

/** The largest r for which at most a tail of the binomial distribution lies below r successes; 0: none. */
function lastRankBelow(count: number, share: number): number {
  let below = 0;
  let logTerm = count * Math.log1p(-share);
  for (let successes = 0; successes < count; successes += 1) {
    below += Math.exp(logTerm);
    if (below > TAIL) return successes;
    logTerm += Math.log((count - successes) / (successes + 1)) + Math.log(share / (1 - share));
  }
  return count;
}
