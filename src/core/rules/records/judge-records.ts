import type { AppRecord } from '../../derive/app-record.ts';
import { AGGREGATES, type Aggregate, type Metric } from '../../derive/metrics.ts';
import { summarize } from '../../derive/summarize.ts';
import { proofTime } from '../../derive/proof-time.ts';
import type { Claim } from '../claim.ts';
import { isGiven, sourceOfActivity } from '../doubts/collector.ts';
import { doubtfulRecords } from '../doubts/stamps.ts';
import { windowDoubts } from '../doubts/window.ts';
import { compare, type Outcome, parseExpectation } from '../expectation.ts';
import { MAX_EXAMPLES, numberFinding } from '../findings.ts';
import { conclude, type Judgement, notApplicable } from '../judgement.ts';
import type { ThresholdRule } from '../pack.ts';
import { quantity } from '../../wording/amounts.ts';
import { derivedValues, findDerived, placesOf } from './derived-values.ts';
import { logValues } from './log-values.ts';
import type { RecordMetric } from './record-metric.ts';
import { type RecordValues, recordsIn } from './records.ts';

type RecordClaim = Claim<ThresholdRule>;

interface Check {
  aggregate: Aggregate;
  value: number | null;
  outcome: Outcome;
}

/** Judges aggregates of what the app itself has written down in a window. Nothing written is nothing measured, and no 0. */
export function judgeRecords(claim: RecordClaim, metric: RecordMetric): Judgement {
  const { evidence, target, window, rule } = claim;
  const expected = AGGREGATES.flatMap((name) => {
    const text = rule.expect[name];
    return text === undefined ? [] : [`${name} ${text.trim()}`];
  }).join(', ');
  const found = valuesOf(claim, metric);
  if (found === null)
    return notApplicable(`no derived metric ${metric.name} was given for ${target}`, expected);
  const unnamed = found.places.find((place) => !isGiven(evidence, target, place));
  if (unnamed !== undefined) return notApplicable(`no ${unnamed} source was given for ${target}`, expected);
  const sources = found.places.map((place) => sourceOfActivity(claim, place));
  const { values, missing } = found;
  const checks = checksOf(rule, metric, values, missing !== null);
  const doubts = [
    ...sources.flatMap((source) => windowDoubts(claim, source)),
    ...found.places.flatMap(
      (place) => doubtfulRecords(evidence, recordsIn(evidence, target, window, place)) ?? [],
    ),
    ...(missing === null ? [] : [missing]),
    ...(values.length === 0 ? [`nothing was measured: no value of ${metric.name} was written`] : []),
  ];
  const facts = {
    measured: checks.map((check) => `${check.aggregate} ${say(metric, check.value)}`).join(', '),
    expected,
    tier: sources[0]?.tier ?? null,
    exceptions: [],
    findings: checks
      .filter(({ outcome }) => outcome === 'broken')
      .map(({ aggregate, value }, index) =>
        numberFinding(claim, index + 1, {
          subject: { metric: metric.name, aggregate },
          count: values.length,
          examples: examplesOf(claim, metric, found),
          text: `${target}: ${aggregate} of ${metric.name} is ${say(metric, value)}, expected ${(rule.expect[aggregate] ?? '').trim()}`,
        }),
      ),
  };
  return conclude(facts, [...new Set(doubts)], null);
}

function valuesOf(
  { evidence, target, window }: RecordClaim,
  metric: RecordMetric,
): (RecordValues & { places: AppRecord['kind'][] }) | null {
  if (metric.of === 'log') return { ...logValues(evidence, target, window, metric), places: ['log'] };
  const { derived = {} } = evidence.targets.find(({ name }) => name === target) ?? {};
  const found = findDerived(derived, metric.name);
  if (found === null) return null;
  return { ...derivedValues(evidence, target, window, found), places: placesOf(found.metric) };
}

/** What is missing could have been any number: nothing is broken or kept for sure. */
function checksOf(
  rule: ThresholdRule,
  metric: RecordMetric,
  values: RecordValues['values'],
  isPartial: boolean,
): Check[] {
  const points = values.map(({ atMs, value }) => ({ fromMs: atMs, toMs: atMs, looks: 1, value }));
  return AGGREGATES.flatMap((aggregate) => {
    const text = rule.expect[aggregate];
    if (text === undefined) return [];
    const expectation = parseExpectation(text, metric.dimension);
    if ('problem' in expectation)
      throw new Error(`${text}: ${expectation.problem}; the pack was not checked`);
    const value = summarize(
      { metric: LEVEL, points, lowerBound: false, uncounted: null, isLost: false, missing: null },
      aggregate,
    );
    const isOpen = value === null || isPartial;
    return [{ aggregate, value, outcome: isOpen ? 'open' : compare(value, expectation, false) }];
  });
}

/** How values are summed up: each counts alike. */
const LEVEL: Metric = {
  name: '',
  dimension: { quantity: 'count', perSecond: false },
  kind: 'gauge',
  collectors: [],
  source: { of: 'processes' },
  about: '',
};

function say({ dimension }: RecordMetric, value: number | null): string {
  return value === null ? 'unknown' : quantity(value, dimension);
}

/** The largest values; of a count what was counted. */
function examplesOf(
  { evidence }: RecordClaim,
  metric: RecordMetric,
  { values, counted }: RecordValues,
): string[] {
  const examples =
    counted?.map(({ atMs, id }) => ({ atMs, text: id })) ??
    values
      .toSorted((a, b) => b.value - a.value)
      .map(({ atMs, value }) => ({ atMs, text: say(metric, value) }));
  return examples.slice(0, MAX_EXAMPLES).map(({ atMs, text }) => {
    const { local } = proofTime(atMs, evidence.run.host.utcOffsetMinutes);
    return `${local.slice(11, 23)} ${text}`;
  });
}
