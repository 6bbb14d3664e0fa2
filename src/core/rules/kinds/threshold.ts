import type { Finding } from '../../../model/proof.ts';
import { AGGREGATES, type Aggregate, METRICS, type Metric, dimensionOf } from '../../derive/metrics.ts';
import { once, spanKey } from '../../derive/once.ts';
import { type Series, deriveSeries } from '../../derive/series.ts';
import { summarize } from '../../derive/summarize.ts';
import type { Claim } from '../claim.ts';
import { heaviestOf, peaksOf } from '../contributors.ts';
import { type Source, sourceOf } from '../doubts/collector.ts';
import { whyLowerBound } from '../doubts/lower-bound.ts';
import { acceptance, whyNotAccepted } from '../doubts/sampling.ts';
import { WINDOW_DOUBTS } from '../doubts/window.ts';
import { type Expectation, type Outcome, compare, parseExpectation } from '../expectation.ts';
import { type Judgement, conclude } from '../judgement.ts';
import type { ThresholdRule } from '../pack.ts';
import { wakeCauseOf } from '../wake-cause.ts';
import { quantity } from '../wording.ts';

interface Check {
  aggregate: Aggregate;
  expectation: Expectation;
  value: number | null;
  outcome: Outcome;
}

/** Judges aggregates of a metric over the window. */
export function judgeThreshold(claim: Claim<ThresholdRule>): Judgement {
  const { evidence, window, target, rule } = claim;
  const metric = METRICS.get(rule.metric);
  if (metric === undefined) throw new Error(`${rule.metric} is not a metric; the pack was not checked`);
  const source = sourceOf(claim, metric.collectors);
  const series = deriveSeries(evidence, target, metric, window);
  const whyLower = whyLowerBound(claim, series, source);
  const refused = whyLower === null ? null : (whyLost(metric, source) ?? whyNotAccepted(claim));
  const isAccepted = whyLower !== null && refused === null && series.missing === null;
  const isLower = (whyLower !== null && !isAccepted) || series.missing !== null;
  const checks = checksOf(claim, metric, series, isLower);
  const isOpen = checks.some(({ outcome }) => outcome === 'open');
  const doubts = [
    ...source.doubts,
    ...WINDOW_DOUBTS.flatMap((doubt) => doubt(claim, source) ?? []),
    ...(series.missing === null ? [] : [series.missing]),
    ...(series.points.length === 0 ? ['nothing was measured'] : []),
    ...(isOpen && whyLower !== null
      ? [`the measured value is only a lower bound: ${[whyLower, refused].filter(Boolean).join('; ')}`]
      : []),
    ...(isOpen && whyLower === null && series.missing === null ? ['the value could not be compared'] : []),
  ];
  const atLeast = isLower || isAccepted ? 'at least ' : '';
  return conclude(
    {
      measured: checks.map((check) => `${check.aggregate} ${measured(metric, check, atLeast)}`).join(', '),
      expected: checks
        .map(({ aggregate }) => `${aggregate} ${(rule.expect[aggregate] ?? '').trim()}`)
        .join(', '),
      tier: source.tier,
      exceptions: [],
      findings: checks
        .filter(({ outcome }) => outcome === 'broken')
        .map((check, index) =>
          findingOf(claim, metric, series, check, measured(metric, check, atLeast), index + 1),
        ),
    },
    doubts,
    isAccepted ? acceptance(claim) : null,
  );
}

/** CPU time that is lost for good adds up, however short each life: that cannot be accepted. */
function whyLost(metric: Metric, { collector, tier }: Source): string | null {
  const isLost = collector === 'cpu' && metric.source.of === 'sample' && tier === 'sampled';
  return isLost ? 'lost CPU time adds up, however short each life, so that it cannot be accepted' : null;
}

function checksOf(
  { evidence, window, target, rule }: Claim<ThresholdRule>,
  metric: Metric,
  series: Series,
  isLower: boolean,
): Check[] {
  return AGGREGATES.flatMap((aggregate) => {
    const text = rule.expect[aggregate];
    if (text === undefined) return [];
    const expectation = parseExpectation(text, dimensionOf(metric, aggregate));
    if ('problem' in expectation)
      throw new Error(`${text}: ${expectation.problem}; the pack was not checked`);
    const of = `${aggregate} ${metric.name} ${spanKey(window)} ${target}`;
    const value = once(evidence, summarize, of, () => summarize(series, aggregate));
    return [
      { aggregate, expectation, value, outcome: outcomeOf(metric, aggregate, expectation, value, isLower) },
    ];
  });
}

/** A change of a level says nothing when part of the level is not known; sums and percentiles only grow. */
function outcomeOf(
  metric: Metric,
  aggregate: Aggregate,
  expectation: Expectation,
  value: number | null,
  isLower: boolean,
): Outcome {
  if (value === null) return 'open';
  const isChange = metric.kind === 'gauge' && (aggregate === 'delta' || aggregate === 'rate');
  return isLower && isChange ? 'open' : compare(value, expectation, isLower);
}

function measured(metric: Metric, { aggregate, value }: Check, atLeast: string): string {
  return value === null ? 'unknown' : `${atLeast}${quantity(value, dimensionOf(metric, aggregate))}`;
}

function findingOf(
  claim: Claim<ThresholdRule>,
  metric: Metric,
  series: Series,
  check: Check,
  value: string,
  number: number,
): Finding {
  const { rule, target } = claim;
  const actors = heaviestOf(claim, metric);
  const [first] = actors;
  const why = wakeCauseOf(claim, metric, actors);
  const mostly = first === undefined ? '' : `; mostly ${first.name} (pid ${first.pid})`;
  return {
    id: `${rule.id}/${target}/${number}`,
    ruleId: rule.id,
    target,
    kind: rule.kind,
    subject: { metric: metric.name, aggregate: check.aggregate },
    count: 1,
    firstAt: null,
    lastAt: null,
    period: null,
    actors,
    cause: why?.cause ?? null,
    examples: peaksOf(claim, series),
    text: `${target}: ${check.aggregate} of ${metric.name} is ${value}, expected ${rule.expect[check.aggregate] ?? ''}${mostly}${why === null ? '' : `; ${why.text}`}`,
  };
}
