import type { MetricMedian, SummaryTrend } from '../../model/proof-summary.ts';
import { medianOf } from '../stats/robust.ts';
import { type SlopePoint, theilSen } from '../stats/theil-sen.ts';
import type { ProofDigest } from './digest.ts';

const DAY_MS = 86_400_000;
/** Proportional memory where it is known, else resident. */
const METRICS: readonly (readonly string[])[] = [
  ['cpu.percent'],
  ['memory.pss', 'memory.rss'],
  ['wakeups.rate'],
];

interface Reading {
  atMs: number;
  mean: number;
  atLeast: boolean;
}

/** CPU, memory and wakeups of each target: the median over these windows. */
export function mediansOf(digests: readonly ProofDigest[]): MetricMedian[] {
  return eachMetric(digests).flatMap(({ target, metric, readings }) => {
    const median = medianOf(readings.map(({ mean }) => mean));
    if (median === null) return [];
    return [
      { target, metric, median, windows: readings.length, atLeast: readings.some(({ atLeast }) => atLeast) },
    ];
  });
}

/** The same over the whole time, with the slope. Lower bounds have no place in a slope: it could go either way. */
export function trendsOf(digests: readonly ProofDigest[]): SummaryTrend[] {
  const medians = mediansOf(digests);
  return eachMetric(digests).flatMap(({ target, metric, readings, asked }) => {
    const median = medians.find((one) => one.target === target && one.metric === metric);
    if (median === undefined) return [];
    const exact = readings.filter(({ atLeast }) => !atLeast);
    const points: SlopePoint[] = exact.map(({ atMs, mean }) => ({ x: atMs / DAY_MS, y: mean }));
    const slope = theilSen(points);
    return [
      {
        ...median,
        slopePerDay: slope === null ? null : { value: slope.slope, low: slope.low, high: slope.high },
        leftOut: asked - exact.length,
      },
    ];
  });
}

/** `asked`: the windows that have this target at all. */
function eachMetric(
  digests: readonly ProofDigest[],
): { target: string; metric: string; readings: Reading[]; asked: number }[] {
  const targets = [...new Set(digests.flatMap((digest) => digest.targets.map(({ name }) => name)))].sort();
  return targets.flatMap((target) => {
    const views = digests.flatMap(({ openedMs, closedMs, targets: all }) => {
      const metrics = all.find(({ name }) => name === target)?.metrics;
      return metrics === undefined ? [] : [{ atMs: (openedMs + closedMs) / 2, metrics }];
    });
    return METRICS.flatMap((names) => {
      const metric = names.find((name) => views.some(({ metrics }) => metrics[name] != null));
      if (metric === undefined) return [];
      const readings = views.flatMap(({ atMs, metrics }) => {
        const reading = metrics[metric];
        return reading == null ? [] : [{ atMs, mean: reading.mean, atLeast: reading.atLeast }];
      });
      return [{ target, metric, readings, asked: views.length }];
    });
  });
}
