import type { Plot, PlotId, Stretch } from '../../model/charts.ts';
import type { CollectorName } from '../../model/collector.ts';
import type { CollectorReport, Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { collectorGaps } from '../coverage/coverage.ts';
import { METRICS, type Metric } from '../derive/metrics.ts';
import type { Series } from '../derive/metric-series.ts';
import { deriveSeries } from '../derive/series.ts';
import { union } from '../derive/spans.ts';
import { loopGaps } from '../derive/timeline.ts';
import { thin } from './thin.ts';

/** The metrics of each plot, with what its curves are called. */
const PLOTS: readonly [PlotId, readonly (readonly [metric: string, label: string])[]][] = [
  ['cpu', [['cpu.percent', 'CPU']]],
  ['memory', [['memory.pss', 'PSS']]],
  ['wakeups', [['wakeups.rate', 'wakeups']]],
  [
    'network',
    [
      ['network.bytesSent', 'sent'],
      ['network.bytesReceived', 'received'],
    ],
  ],
];

/** Curves of one target, for a page that draws at most so many points. */
export const LINES_PER_TARGET: number = PLOTS.flatMap(([, lines]) => lines).length;

export interface PlotInput {
  evidence: Evidence;
  /** What is drawn. */
  shown: TimeSpan;
  /** When the window opened. */
  originMs: number;
  /** Of each curve; of each bucket two values are kept. */
  buckets: number;
}

/** The curves of one target. A plot of which nothing is known has no lines, and says why. */
export function plotsOf(input: PlotInput, target: string): Plot[] {
  return PLOTS.map(([id, lines]) => {
    const named = lines.map(([metric, label]) => ({ metric: METRICS.get(metric) as Metric, label }));
    const plot = plotOf(input, target, id, named);
    // Where the share of shared pages may not be read, the resident size often may.
    return id === 'memory' && plot.lines.length === 0 ? residentInstead(input, target, plot) : plot;
  });
}

function residentInstead(input: PlotInput, target: string, unknown: Plot): Plot {
  const resident = { metric: METRICS.get('memory.rss') as Metric, label: 'RSS' };
  const plot = plotOf(input, target, 'memory', [resident]);
  return plot.lines.length === 0 ? unknown : plot;
}

function plotOf(
  { evidence, shown, originMs, buckets }: PlotInput,
  target: string,
  id: PlotId,
  named: readonly { metric: Metric; label: string }[],
): Plot {
  const series = named.map(({ metric, label }) => ({
    label,
    series: deriveSeries(evidence, target, metric, shown),
  }));
  const watched = watchersOf(evidence, target, named[0]?.metric.collectors ?? []);
  const known = watched.length === 0 ? [] : series.filter((one) => isKnown(one.series));
  const metrics = named.map(({ metric }) => metric.name);
  const doubt =
    watched.length === 0
      ? `${metrics.join(', ')}: not known, nobody looked`
      : (series.map(doubtOf).find((text) => text !== null) ?? sampledDoubt(id, watched));
  const [first] = known;
  if (first === undefined) return { id, metrics, edges: [], lines: [], thinnedSeconds: null, doubt };
  const { points } = first.series;
  const seconds = (atMs: number): number => Math.round(atMs - originMs) / 1000;
  const whole = {
    edges: [seconds(points[0]?.fromMs ?? 0), ...points.map(({ toMs }) => seconds(toMs))],
    values: known.map((one) => valuesOf(one.series, unseen(evidence, target, one.series.metric, shown))),
  };
  const { edges, values } = thin(whole, buckets);
  const isThinned = edges.length < whole.edges.length;
  return {
    id,
    metrics,
    edges,
    lines: known.map(({ label }, index) => ({ label, values: values[index] ?? [] })),
    thinnedSeconds: isThinned ? (shown.toMs - shown.fromMs) / 1000 / buckets : null,
    doubt,
  };
}

/** Reports of those that looked for a target's metric. */
function watchersOf(
  { collectors }: Evidence,
  target: string,
  names: readonly CollectorName[],
): CollectorReport[] {
  return collectors.filter(
    (one) =>
      names.includes(one.name) &&
      (one.target === null || one.target === target) &&
      one.status !== 'unavailable',
  );
}

/** Amounts between two looks are in a counter; of sockets only what was there at a look was seen. */
function sampledDoubt(id: PlotId, watchers: readonly CollectorReport[]): string | null {
  const isSampled = id === 'network' && watchers.every(({ tier }) => tier === 'sampled');
  return isSampled ? 'Seen at looks: what came and went between two of them may be missing' : null;
}

/** A level of which some is missing is the sum of the rest: where nothing is left of it, it is not known. */
const isUnknownLevel = ({ metric, missing }: Series, value: number): boolean =>
  missing !== null && metric.kind === 'gauge' && value === 0;

const isKnown = (series: Series): boolean =>
  series.points.some(({ value }) => !isUnknownLevel(series, value));

function doubtOf({ series }: { series: Series }): string | null {
  const { metric, missing, uncounted } = series;
  if (missing !== null && !isKnown(series)) return `${metric.name} is not known: ${missing}`;
  if (missing !== null) return `${metric.name} is incomplete: ${missing}`;
  return uncounted === null ? null : `${metric.name} may be larger: ${uncounted}`;
}

/** Five digits are more than a plot can show. Amounts become rates, so that intervals of any length compare. */
function valuesOf(series: Series, holes: readonly TimeSpan[]): (number | null)[] {
  const { metric, points } = series;
  // What grows on its own tells its mean over a hole, too.
  const isKnownAcross = metric.kind === 'intensity';
  let next = 0;
  return points.map(({ fromMs, toMs, value }) => {
    while ((holes[next]?.toMs ?? Number.POSITIVE_INFINITY) <= fromMs) next += 1;
    if (!isKnownAcross && (holes[next]?.fromMs ?? Number.POSITIVE_INFINITY) < toMs) return null;
    if (isUnknownLevel(series, value)) return null;
    const perSecond = metric.kind === 'counter' ? value / ((toMs - fromMs) / 1000) : value;
    return Number(perSecond.toPrecision(5));
  });
}

/** When nobody looked, or what carries the metric could not. */
function unseen(evidence: Evidence, target: string, metric: Metric, shown: TimeSpan): TimeSpan[] {
  const own = metric.collectors.flatMap((collector) => collectorGaps(evidence, collector, target, shown));
  return union([...loopGaps(evidence, shown), ...own]);
}

/** In seconds since the window opened, to the millisecond. */
export function stretchOf({ fromMs, toMs }: TimeSpan, originMs: number): Stretch {
  return { from: Math.round(fromMs - originMs) / 1000, to: Math.round(toMs - originMs) / 1000 };
}
