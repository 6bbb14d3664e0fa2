import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { gaugeSeries, processCountSeries } from './gauge-series.ts';
import type { Increments } from './growth.ts';
import { cpuIncrements, sampleIncrements } from './increments.ts';
import { lifetimes, livedIn } from './lifetimes.ts';
import type { Metric } from './metrics.ts';
import { networkIncrements } from './network-increments.ts';
import { once, spanKey } from './once.ts';
import type { Point, Series } from './metric-series.ts';
import { type LookInterval, lookIntervals } from './timeline.ts';

/** Nanoseconds to the unit of each CPU metric; `cpu.percent` is of one core. */
const NS_PER_SECOND = 1e9;

/**
 * The values of a metric, one per look, summed over the processes of a target.
 * Points are in the metric's base unit: percent, seconds, bytes, counts; intensities per second.
 */
export function deriveSeries(evidence: Evidence, target: string, metric: Metric, window: TimeSpan): Series {
  const of = `${metric.name} ${spanKey(window)} ${target}`;
  return once(evidence, deriveSeries, of, () => seriesOf(evidence, target, metric, window));
}

function seriesOf(evidence: Evidence, target: string, metric: Metric, window: TimeSpan): Series {
  const intervals = lookIntervals(evidence, window);
  const lives = lifetimes(evidence, target);
  if (!lives.some((life) => livedIn(life, window))) {
    const missing = `${target} had no process`;
    return { metric, points: [], lowerBound: false, uncounted: null, isLost: false, missing };
  }
  const { source } = metric;
  if (source.of === 'processes') return processCountSeries(metric, lives, intervals);
  if (metric.kind === 'gauge' && source.of === 'sample') {
    return gaugeSeries(metric, source.field, lives, intervals, evidence.run.tickMs);
  }
  const grown = increments(evidence, target, metric, window, intervals, lives);
  return {
    metric,
    // Where nothing was read at all, there is no value, and above all no 0.
    points:
      grown.missing !== null && grown.amounts.every(({ atMs }) => atMs.length === 0)
        ? []
        : spread(grown, intervals, metric),
    lowerBound: grown.uncounted !== null,
    uncounted: grown.uncounted,
    isLost: grown.isLost,
    missing: grown.missing,
  };
}

function increments(
  evidence: Evidence,
  target: string,
  metric: Metric,
  window: TimeSpan,
  intervals: readonly LookInterval[],
  lives: ReturnType<typeof lifetimes>,
): Increments {
  const { source } = metric;
  if (source.of === 'network') return networkIncrements(evidence, target, source.field, window);
  if (source.of === 'processes') throw new Error('the number of processes does not grow');
  const input = { evidence, window, intervals, lives };
  return source.field === 'cpuNs' ? cpuIncrements(input) : sampleIncrements(input, source.field, metric.name);
}

/** Amounts to the look intervals in which they were found. */
function spread(grown: Increments, intervals: readonly LookInterval[], metric: Metric): Point[] {
  const sums = new Float64Array(intervals.length);
  // Edges of the intervals beside each other: they are gone through for each process.
  const from = new Float64Array(intervals.map(({ fromMs }) => fromMs));
  const to = new Float64Array(intervals.map(({ toMs }) => toMs));
  for (const { atMs, values } of grown.amounts) {
    let index = 0;
    for (let at = 0; at < atMs.length; at += 1) {
      const foundMs = atMs[at] as number;
      while (index < to.length && !(foundMs <= (to[index] as number))) index += 1;
      if (index < to.length && foundMs > (from[index] as number))
        sums[index] = (sums[index] as number) + (values[at] as number);
    }
  }
  return intervals.map((interval, index) => {
    const { fromMs, toMs, looks } = interval;
    return { fromMs, toMs, looks, value: scale(sums[index] as number, metric, interval) };
  });
}

function scale(amount: number, metric: Metric, interval: LookInterval): number {
  const seconds = (interval.toMs - interval.fromMs) / 1000;
  if (metric.name === 'cpu.seconds') return amount / NS_PER_SECOND;
  if (metric.name === 'cpu.percent') return (amount / NS_PER_SECOND / seconds) * 100;
  return metric.kind === 'intensity' ? amount / seconds : amount;
}
