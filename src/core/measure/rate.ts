import type { MeasuredValue } from '../../model/measurement.ts';
import { meanInterval } from './mean-interval.ts';

const BATCHES = 20;
/** A batch is long enough to hold many answers of what is worth a rate. */
const SHORTEST_BATCH_BINS = 10;

/**
 * How many came per second, with the interval that 20 equal parts of the time give (batch means: neighbouring answers depend on
 * each other, parts of the run hardly do); null for the interval where the time is too short.
 * @param counts how many came in each hundredth of a second
 */
export function rateOf(count: number, elapsedSeconds: number, counts: ArrayLike<number>): MeasuredValue {
  const value = elapsedSeconds > 0 ? count / elapsedSeconds : Number.NaN;
  const size = Math.floor((elapsedSeconds * 100) / BATCHES);
  if (size < SHORTEST_BATCH_BINS) return { value, interval: null };
  const rates = Array.from({ length: BATCHES }, (_, batch) => {
    let sum = 0;
    for (let bin = batch * size; bin < (batch + 1) * size; bin += 1) sum += counts[bin] ?? 0;
    return (sum * 100) / size;
  });
  const interval = meanInterval(rates);
  return {
    value,
    // What came in the rest of the last part moves the rate, and must not move it out.
    interval: interval && {
      low: Math.max(0, Math.min(interval.low, value)),
      high: Math.max(interval.high, value),
    },
  };
}
