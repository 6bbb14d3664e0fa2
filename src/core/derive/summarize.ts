import type { Aggregate } from './metrics.ts';
import type { Point, Series } from './metric-series.ts';

/**
 * One number for a series; null where it has no points. Means weigh by time, percentiles by looks. Amounts: `sum` and
 * `delta` are what came together in the window, `rate` that per second. Levels: `delta` is last less first.
 */
export function summarize(series: Series, aggregate: Aggregate): number | null {
  const { points } = series;
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return null;
  const seconds = (last.toMs - first.fromMs) / 1000;
  const delta = series.metric.kind === 'counter' ? total(points) : last.value - first.value;
  switch (aggregate) {
    case 'mean':
      return meanOverTime(points);
    case 'max':
      return points.reduce((largest, point) => Math.max(largest, point.value), Number.NEGATIVE_INFINITY);
    case 'min':
      return points.reduce((smallest, point) => Math.min(smallest, point.value), Number.POSITIVE_INFINITY);
    case 'sum':
      return total(points);
    case 'delta':
      return delta;
    case 'rate':
      return seconds > 0 ? delta / seconds : null;
    default:
      return percentile(points, Number(aggregate.slice(1)) / 100);
  }
}

function total(points: readonly Point[]): number {
  return points.reduce((sum, point) => sum + point.value, 0);
}

function meanOverTime(points: readonly Point[]): number {
  let weighted = 0;
  let duration = 0;
  for (const { fromMs, toMs, value } of points) {
    weighted += value * (toMs - fromMs);
    duration += toMs - fromMs;
  }
  return duration > 0 ? weighted / duration : total(points) / points.length;
}

/** The smallest value that at least this share of the looks does not exceed (nearest rank, no interpolation). */
function percentile(points: readonly Point[], share: number): number {
  // Numbers are sorted many times as quickly as points, of which a week has half a million.
  const unsorted = new Float64Array(points.map(({ value }) => value));
  const looks = new Float64Array(points.map((point) => point.looks));
  const values = unsorted.toSorted();
  const looksUpTo = (most: number): number => {
    let sum = 0;
    for (let at = 0; at < looks.length; at += 1)
      if ((unsorted[at] as number) <= most) sum += looks[at] as number;
    return sum;
  };
  const enough = share * looksUpTo(Number.POSITIVE_INFINITY) - 1e-9;
  let [low, high] = [0, values.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (looksUpTo(values[middle] as number) >= enough) high = middle;
    else low = middle + 1;
  }
  return values[low] ?? 0;
}
