import type { CollectorName } from '../../model/collector.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Finding } from '../../model/proof.ts';
import type { TimeSpan } from '../../model/time.ts';
import { METRICS, type Metric, dimensionOf } from '../derive/metrics.ts';
import { once, spanKey } from '../derive/once.ts';
import type { Series } from '../derive/metric-series.ts';
import { deriveSeries } from '../derive/series.ts';
import { type LevelPoint, levelPoints } from '../derive/level-readings.ts';
import { type AggregateClaim, type Check, checksOf, holdsInParts } from './aggregate-checks.ts';
import { betweenReadings, mayExceed } from './between-readings.ts';
import type { Claim } from './claim.ts';
import { heaviestOf, peaksOf } from './contributors.ts';
import { type Source, sourceOfMetric } from './doubts/collector.ts';
import { threadsBetweenLooks, wakesBeyond, whyLowerBound } from './doubts/lower-bound.ts';
import { acceptance, whyNotAccepted } from './doubts/sampling.ts';
import { numberFinding } from './findings.ts';
import type { Judgement } from './judgement.ts';
import { wakeCauseOf } from './wake-cause.ts';
import { quantity } from '../wording/amounts.ts';
import { sayProcess } from '../wording/process.ts';

/** Aggregates of a metric, held against what is expected of them. */
export interface Aggregated {
  source: Source;
  facts: Pick<Judgement, 'measured' | 'expected' | 'tier' | 'exceptions' | 'findings'>;
  /** Why they are not known, or not well enough; doubts about the window are not among them. */
  doubts: string[];
  /** What the user accepted, in words; null where nothing had to be. */
  accepted: string | null;
  /** Whether what is kept in all of the time is kept in every part of it, too. */
  holdsInParts: boolean;
}

/** The metric of a rule, which was checked when the rule was read. */
export function metricOf({ metric: name }: { metric: string }): Metric {
  const metric = METRICS.get(name);
  if (metric === undefined) throw new Error(`${name} is not a metric; the pack was not checked`);
  return metric;
}

/**
 * Aggregates of the metric of a rule over the window of a claim, or a part of it: of that, a level counts only where it was read then, or
 * could not have changed since it was read.
 */
export function aggregate(whole: AggregateClaim, part: TimeSpan | null = null): Aggregated {
  const claim = part === null ? whole : overSpan(whole, part);
  const { evidence, target, rule } = claim;
  const metric = metricOf(rule);
  const source = sourceOfMetric(claim, metric);
  const all = part === null || metric.kind === 'counter' ? seriesOf(claim, metric) : seriesOf(whole, metric);
  const levels =
    part === null ? [] : partOf(levelsOf(evidence, target, all, whole.window), part, metric.kind);
  const isPatchy = levels.some(({ isFresh }) => !isFresh);
  const since = part?.fromMs ?? null;
  const series = since === null ? all : { ...all, points: levels.filter((one) => one.knownFromMs >= since) };
  const whyLower = whyLowerBound(claim, series, source) ?? threadsBetweenLooks(claim, series);
  const refused = whyLower === null ? null : (whyLost(claim, series, source) ?? whyNotAccepted(claim));
  const isAccepted = whyLower !== null && refused === null && series.missing === null;
  const isLower = (whyLower !== null && !isAccepted) || series.missing !== null;
  const checks = checksOf(claim, metric, series, { isLower, isPatchy, since }).map(
    (check): Check => (mayExceed(claim, metric, levels, check) ? { ...check, outcome: 'open' } : check),
  );
  const isOpen = checks.some(({ outcome }) => outcome === 'open');
  const atLeast = isLower || isAccepted ? 'at least ' : '';
  return {
    source,
    facts: {
      measured: `${checks.map((check) => `${check.aggregate} ${measured(metric, check, atLeast)}`).join(', ')}${betweenReadings(claim, metric, checks)}`,
      expected: checks.map((check) => `${check.aggregate} ${expectedOf(rule, check)}`).join(', '),
      tier: source.tier,
      exceptions: [],
      findings: checks
        .filter(({ outcome }) => outcome === 'broken')
        .map((check, index) =>
          findingOf(claim, metric, series, check, measured(metric, check, atLeast), index + 1),
        ),
    },
    doubts: [
      ...(series.missing === null ? [] : [series.missing]),
      ...(series.points.length === 0 ? [nothingMeasured(all, metric)] : []),
      ...(isOpen && whyLower !== null
        ? [`the measured value is only a lower bound: ${[whyLower, refused].filter(Boolean).join('; ')}`]
        : []),
      ...(isOpen && whyLower === null && series.missing === null && series.points.length > 0
        ? [isPatchy ? `${metric.name} was not read throughout that time` : 'the value could not be compared']
        : []),
    ],
    accepted: isAccepted ? acceptance(claim) : null,
    holdsInParts: checks.every((check) => holdsInParts(metric, check)),
  };
}

const nothingMeasured = (all: Series, { name }: Metric): string =>
  all.points.length === 0 ? 'nothing was measured' : `${name} was not read in that time`;

const seriesOf = ({ evidence, target, window }: AggregateClaim, metric: Metric): Series =>
  deriveSeries(evidence, target, metric, window);

/** Of a whole window, whose parts several rules may be about. */
function levelsOf(evidence: Evidence, target: string, series: Series, window: TimeSpan): LevelPoint[] {
  const of = `${series.metric.name} ${spanKey(window)} ${target}`;
  const make = (): LevelPoint[] => [...levelPoints(evidence, target, series)];
  return series.metric.kind === 'counter' ? make() : once(evidence, levelPoints, of, make);
}

/** The looks of a span, and of a quiet stretch that reaches beyond it the part within: its level held. */
function partOf(points: readonly LevelPoint[], span: TimeSpan, kind: Metric['kind']): LevelPoint[] {
  return points.flatMap((point) => {
    const fromMs = Math.max(point.fromMs, span.fromMs);
    const toMs = Math.min(point.toMs, span.toMs);
    if (toMs <= fromMs) return [];
    if (point.looks > 1) {
      const share = (toMs - fromMs) / (point.toMs - point.fromMs);
      return [{ ...point, fromMs, toMs, looks: Math.max(1, Math.round(point.looks * share)) }];
    }
    // What was found at a look after the end may be of after the end; a level is that of the look, a rate that of the whole tick.
    const isWithin = point.toMs <= span.toMs && (kind === 'gauge' || point.fromMs >= span.fromMs);
    return isWithin ? [point] : [];
  });
}

/** What a process leaves to whoever waits for it, by the collector that counts it. */
const SUMMED: Partial<Record<CollectorName, string>> = {
  cpu: 'lost CPU time',
  io: 'what was lost of the bytes',
};

/**
 * What is lost for good of a sum adds up, however short each life, and what was recorded was there: that cannot be accepted. Where it is only possible
 * that an unseen process used something, that is what `--accept-sampled` accepts.
 */
function whyLost(claim: AggregateClaim, series: Series, source: Source): string | null {
  if (wakesBeyond(claim, series, source) !== null) return 'what is known to have been cannot be accepted';
  const { collector, tier } = source;
  const what = SUMMED[collector];
  const isSum = what !== undefined && series.metric.source.of === 'sample' && series.metric.kind !== 'gauge';
  if (!isSum || !(series.isLost || tier === 'sampled')) return null;
  return `${what} adds up, however short each life, so that it cannot be accepted`;
}

function measured(metric: Metric, { aggregate: name, value }: Check, atLeast: string): string {
  return value === null ? 'unknown' : `${atLeast}${quantity(value, dimensionOf(metric, name))}`;
}

const expectedOf = ({ expect }: AggregateClaim['rule'], { aggregate: name }: Check): string =>
  (expect[name] ?? '').trim();

/** Who a number of a metric mostly came from, and why, as a finding has it. */
export function blame(
  claim: Claim,
  metric: Metric,
  series: Series,
): Pick<Finding, 'actors' | 'cause' | 'examples'> & { words: string } {
  const actors = heaviestOf(claim, metric);
  const [first] = actors;
  const why = wakeCauseOf(claim, metric, actors);
  const mostly = first === undefined ? '' : `; mostly ${sayProcess(first)}`;
  return {
    actors,
    cause: why?.cause ?? null,
    examples: peaksOf(claim, series),
    words: `${mostly}${why === null ? '' : `; ${why.text}`}`,
  };
}

function findingOf(
  claim: AggregateClaim,
  metric: Metric,
  series: Series,
  check: Check,
  value: string,
  number: number,
): Finding {
  const { rule, target } = claim;
  const { words, ...who } = blame(claim, metric, series);
  return numberFinding(claim, number, {
    subject: { metric: metric.name, aggregate: check.aggregate },
    ...who,
    text: `${target}: ${check.aggregate} of ${metric.name} is ${value}, expected ${expectedOf(rule, check)}${words}`,
  });
}

/** The part of a claim's window that a rule is about. */
export const overSpan = <C extends Claim>(claim: C, { fromMs, toMs }: TimeSpan): C => ({
  ...claim,
  window: { ...claim.window, fromMs, toMs },
});
