import { METRICS } from '../../core/derive/metrics.ts';
import type { Point } from '../../core/derive/metric-series.ts';
import { deriveSeries } from '../../core/derive/series.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { TraceProcess } from './tracks.ts';

const COUNTERS = ['cpu.percent', 'memory.pss', 'memory.rss', 'wakeups.rate', 'threads', 'files.open'];

const MAX_POINTS = 20_000;

/** The metrics of a target as counter tracks, in each window. What is not known is left out, never drawn as zero. */
export function drawCounters(process: TraceProcess, evidence: Evidence, target: string): void {
  for (const name of COUNTERS) {
    const metric = METRICS.get(name);
    if (metric === undefined) continue;
    const unit = metric.dimension.quantity;
    for (const window of evidence.windows) {
      const { points, missing } = deriveSeries(evidence, target, metric, window);
      if (missing !== null) continue;
      for (const { fromMs, value } of thinned(points)) process.counter(name, fromMs, unit, value);
    }
  }
}

/** Of each stretch of a long series its lowest and its highest point. */
function thinned(points: readonly Point[]): readonly Point[] {
  if (points.length <= MAX_POINTS) return points;
  const stride = Math.ceil((2 * points.length) / MAX_POINTS);
  const kept: Point[] = [];
  for (let start = 0; start < points.length; start += stride) {
    const stretch = points.slice(start, start + stride);
    const sorted = stretch.toSorted((a, b) => a.value - b.value);
    const ends = new Set([sorted[0], sorted.at(-1)]);
    kept.push(...stretch.filter((point) => ends.has(point)));
  }
  return kept;
}
