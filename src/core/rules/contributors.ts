import type { Actor } from '../../model/proof.ts';
import { type Lifetime, lifetimes, livedIn } from '../derive/lifetimes.ts';
import type { Metric } from '../derive/metrics.ts';
import { proofTime } from '../derive/proof-time.ts';
import type { Point, Series } from '../derive/metric-series.ts';
import type { Claim } from './claim.ts';
import { actorOf } from './findings.ts';
import { quantity } from '../wording/amounts.ts';

const MAX_ACTORS = 3;
const MAX_PEAKS = 5;

/** The processes that a metric mostly came from in the window. */
export function heaviestOf({ evidence, target, window }: Claim, metric: Metric): Actor[] {
  const { source } = metric;
  if (source.of !== 'sample') return [];
  const lastBy = ({ readings }: Lifetime, untilMs: number): number => {
    const { atMs, values } = readings(source.field);
    return values[atMs.findLastIndex((at) => at <= untilMs)] ?? 0;
  };
  const shareOf = (life: Lifetime): number =>
    lastBy(life, window.toMs) - (metric.kind === 'gauge' ? 0 : lastBy(life, window.fromMs));
  return lifetimes(evidence, target)
    .filter((life) => livedIn(life, window))
    .map((life) => ({ process: life.process, share: shareOf(life) }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share)
    .slice(0, MAX_ACTORS)
    .map(({ process }) => actorOf(process, null));
}

/** The largest values of a series, with their times, as lines. */
export function peaksOf({ evidence }: Claim, series: Series): string[] {
  const peaks: Point[] = [];
  for (const point of series.points) {
    if (point.value <= 0 || point.value <= (peaks[MAX_PEAKS - 1]?.value ?? 0)) continue;
    const place = peaks.findIndex(({ value }) => value < point.value);
    peaks.splice(place === -1 ? peaks.length : place, 0, point);
    peaks.length = Math.min(peaks.length, MAX_PEAKS);
  }
  return peaks.map(({ toMs, value }) => {
    const { local } = proofTime(toMs, evidence.run.host.utcOffsetMinutes);
    return `${local.slice(11, 23)} ${quantity(value, series.metric.dimension)}`;
  });
}
