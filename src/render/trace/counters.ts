import { thin } from '../../core/charts/thin.ts';
import { METRICS } from '../../core/derive/metrics.ts';
import { deriveSeries } from '../../core/derive/series.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { TraceProcess } from './tracks.ts';

const COUNTERS = ['cpu.percent', 'memory.pss', 'memory.rss', 'wakeups.rate', 'threads', 'files.open'];

/** Of each, a long curve keeps its lowest and its highest value. */
const MAX_BUCKETS = 10_000;

/** The metrics of a target as counter tracks, in each window. What is not known is left out, never drawn as zero. */
export function drawCounters(process: TraceProcess, evidence: Evidence, target: string): void {
  for (const name of COUNTERS) {
    const metric = METRICS.get(name);
    if (metric === undefined) continue;
    const unit = metric.dimension.quantity;
    for (const window of evidence.windows) {
      const { points, missing } = deriveSeries(evidence, target, metric, window);
      if (missing !== null) continue;
      const edges = [points[0]?.fromMs ?? 0, ...points.map(({ toMs }) => toMs)];
      const curve = thin({ edges, values: [points.map(({ value }) => value)] }, MAX_BUCKETS);
      for (const [index, value] of (curve.values[0] ?? []).entries()) {
        if (value !== null) process.counter(name, curve.edges[index] ?? 0, unit, value);
      }
    }
  }
}
