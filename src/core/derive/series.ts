import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { gaugeSeries, processCountSeries } from './gauge-series.ts';
import { type Increments, cpuIncrements, sampleIncrements } from './increments.ts';
import { lifetimes, livedIn } from './lifetimes.ts';
import type { Metric } from './metrics.ts';
import { networkIncrements } from './network-increments.ts';
import { once, spanKey } from './once.ts';
import { type LookInterval, lookIntervals } from './timeline.ts';

/** One value of a metric; a quiet stretch is one point that weighs as many looks as it held. */
export interface Point extends LookInterval {
  value: number;
}

/** A metric of a target's whole tree over a window. */
export interface Series {
  metric: Metric;
  points: readonly Point[];
  /** The true values may be larger: something was not counted. */
  lowerBound: boolean;
  /** What was not counted, in words; null where nothing was left out. */
  uncounted: string | null;
  /** Why it is not known; null where it is. The points then hold the part that is known. */
  missing: string | null;
}

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
    return { metric, points: [], lowerBound: false, uncounted: null, missing: `${target} had no process` };
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
    points: grown.missing !== null && grown.amounts.length === 0 ? [] : spread(grown, intervals, metric),
    lowerBound: grown.uncounted !== null,
    uncounted: grown.uncounted,
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
  const amounts = grown.amounts.toSorted((a, b) => a.atMs - b.atMs);
  let next = 0;
  return intervals.map((interval) => {
    let sum = 0;
    for (
      let amount = amounts[next];
      amount !== undefined && amount.atMs <= interval.toMs;
      amount = amounts[next]
    ) {
      if (amount.atMs > interval.fromMs) sum += amount.amount;
      next += 1;
    }
    const { fromMs, toMs, looks } = interval;
    return { fromMs, toMs, looks, value: scale(sum, metric, interval) };
  });
}

function scale(amount: number, metric: Metric, interval: LookInterval): number {
  const seconds = (interval.toMs - interval.fromMs) / 1000;
  if (metric.name === 'cpu.seconds') return amount / NS_PER_SECOND;
  if (metric.name === 'cpu.percent') return (amount / NS_PER_SECOND / seconds) * 100;
  return metric.kind === 'intensity' ? amount / seconds : amount;
}
