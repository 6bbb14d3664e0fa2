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
  const sorted = points.toSorted((a, b) => a.value - b.value);
  const looks = sorted.reduce((sum, point) => sum + point.looks, 0);
  let seen = 0;
  for (const point of sorted) {
    seen += point.looks;
    if (seen >= share * looks - 1e-9) return point.value;
  }
  return sorted.at(-1)?.value ?? 0;
}
