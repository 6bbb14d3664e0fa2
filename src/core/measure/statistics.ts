import type { MeasuredValue, Measurement, Statistic } from '../../model/measurement.ts';
import { meanInterval, meanOf } from './mean-interval.ts';
import { quantile } from './quantile.ts';
import { quantileInterval } from './quantile-interval.ts';

const QUANTILES: readonly (readonly [Statistic, number])[] = [
  ['p50', 0.5],
  ['p90', 0.9],
  ['p95', 0.95],
  ['p99', 0.99],
];

/**
 * What sums up many values of one quantity, in its unit; nothing where there are none. The extremes have no interval: more
 * values would move them.
 */
export function statisticsOf(values: ArrayLike<number>): Pick<Measurement, 'count' | 'statistics'> {
  const count = values.length;
  if (count === 0) return { count, statistics: {} };
  const sorted = Float64Array.from(values).sort();
  const statistics: Partial<Record<Statistic, MeasuredValue>> = {
    min: { value: sorted[0] ?? Number.NaN, interval: null },
    mean: { value: meanOf(sorted), interval: meanInterval(sorted) },
  };
  for (const [name, share] of QUANTILES)
    statistics[name] = { value: quantile(sorted, share), interval: quantileInterval(sorted, share) };
  statistics.max = { value: sorted[count - 1] ?? Number.NaN, interval: null };
  return { count, statistics };
}
