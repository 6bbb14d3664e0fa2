import type { MeasuredValue } from '../../model/measurement.ts';
import { normalQuantile, studentQuantile } from './distribution-quantiles.ts';

/** From one to the other; in percent of the first, or in points of what is a percentage itself. */
export interface Change {
  value: number;
  /** Where it lies; see `exceeded`. */
  low: number;
  high: number;
  /** How many standard errors it reaches to each side. */
  reach: number;
}

export interface ChangeScale {
  /** `ratio`: of values above 0. `points`: the plain difference. */
  by: 'ratio' | 'points';
  /** The probability with which the change lies beyond one end of its interval, whichever. */
  exceeded: number;
}

/** 95 % intervals reach as many standard errors to each side. */
const Z_95 = 1.959_963_984_540_054;

/** With as many runs beyond one a side, how they differ can be told. */
export const ENOUGH_FREEDOM = 3;

/** The probability that a comparison of the same with the same calls anything worse, however many statistics it is about. */
const FALSE_REGRESSIONS = 0.01;

/** The part of that probability that each statistic may use up. @param noisy in how many of them noise has a part */
export function exceededEach(noisy: number): number {
  return FALSE_REGRESSIONS / Math.max(1, noisy);
}

/** Whether noise has a part in a value: what is counted exactly cannot be wrong by chance. */
export function isNoisyValue(value: MeasuredValue | undefined): boolean {
  return value?.interval != null && value.interval.low < value.interval.high;
}

/** A statistic of one run, with what one standard error is towards each side. */
interface Estimate {
  at: number;
  below: number;
  above: number;
}

/**
 * How a statistic changed between two measurements, each made in one run or several, with its interval. The distances of both intervals
 * to the estimates are added as variances, each side's own (Zou and Donner 2008: so the interval of a difference comes from those
 * of its parts, however skewed). With several runs, what differs from run to run beyond that is added (the moment estimator of a random
 * effect), and Student's t takes the place of the normal distribution where the variance rests on it.
 * @returns null where an interval is missing, or a ratio is asked of what is not above 0
 */
export function changeBetween(
  before: readonly MeasuredValue[],
  after: readonly MeasuredValue[],
  { by, exceeded }: ChangeScale,
): Change | null {
  const [from, to] = [before, after].map((runs) => runs.map((one) => estimateOf(one, by)));
  if (from === undefined || to === undefined || from.length === 0 || to.length === 0) return null;
  if (!isKnown(from) || !isKnown(to)) return null;
  const { between, reach } = spreadOf(from, to, exceeded);
  const [old, now] = [sumUp(from, between), sumUp(to, between)];
  const change = now.at - old.at;
  const low = change - reach * Math.hypot(now.below, old.above);
  const high = change + reach * Math.hypot(now.above, old.below);
  const told = (value: number): number => (by === 'ratio' ? Math.expm1(value) * 100 : value);
  return { value: told(change), low: told(low), high: told(high), reach };
}

function estimateOf({ value, interval }: MeasuredValue, by: ChangeScale['by']): Estimate | null {
  const scale = (one: number): number => (by === 'ratio' ? Math.log(one) : one);
  if (interval === null) return null;
  const [at, low, high] = [value, interval.low, interval.high].map(scale);
  if (at === undefined || low === undefined || high === undefined) return null;
  if (![at, low, high].every(Number.isFinite)) return null;
  return { at, below: Math.max(0, at - low) / Z_95, above: Math.max(0, high - at) / Z_95 };
}

const isKnown = (estimates: readonly (Estimate | null)[]): estimates is Estimate[] =>
  !estimates.includes(null);

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The variance from run to run that both sides show together, and how many standard errors an interval reaches. */
function spreadOf(
  from: readonly Estimate[],
  to: readonly Estimate[],
  exceeded: number,
): { between: number; reach: number } {
  const freedom = from.length + to.length - 2;
  if (freedom === 0) return { between: 0, reach: normalQuantile(exceeded) };
  const squares = [from, to].reduce((sum, runs) => {
    const mean = meanOf(runs.map(({ at }) => at));
    return sum + runs.reduce((own, { at }) => own + (at - mean) ** 2, 0);
  }, 0);
  const within = meanOf([...from, ...to].map(({ below, above }) => (below ** 2 + above ** 2) / 2));
  const between = Math.max(0, squares / freedom - within);
  // That so few runs show no difference beyond the noise may be chance, but for fewer it would leave nothing to say.
  if (between === 0 && freedom < ENOUGH_FREEDOM) return { between, reach: normalQuantile(exceeded) };
  return { between, reach: reachOf(exceeded, freedom) };
}

/** How many standard errors an interval reaches that rests on so many degrees of freedom: Student's quantile, exact for 1 and 2 degrees of freedom, where the expansion is none. */
export function reachOf(exceeded: number, freedom: number): number {
  if (freedom < 2) return 1 / Math.tan(Math.PI * exceeded);
  if (freedom < 3) return (1 - 2 * exceeded) / Math.sqrt(2 * exceeded * (1 - exceeded));
  return studentQuantile(exceeded, freedom);
}

/** All runs of a side as one. */
function sumUp(runs: readonly Estimate[], between: number): Estimate {
  const error = (of: (one: Estimate) => number): number =>
    Math.sqrt((between + meanOf(runs.map((one) => of(one) ** 2))) / runs.length);
  return {
    at: meanOf(runs.map(({ at }) => at)),
    below: error(({ below }) => below),
    above: error(({ above }) => above),
  };
}
