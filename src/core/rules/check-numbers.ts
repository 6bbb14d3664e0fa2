import type { Statistic } from '../../model/measurement.ts';
import { AGGREGATES_OF, type Aggregate, METRICS, dimensionOf } from '../derive/metrics.ts';
import { parseChange } from './change.ts';
import { type Expectation, foregone, parseExpectation } from './expectation.ts';
import { MEASUREMENTS } from './measurements.ts';
import type { DeadlineRule, MeasurementRule, RegressionRule, ThresholdRule, TrendRule } from './pack.ts';
import type { Path, Problem } from './problem.ts';
import type { TextProblem } from './quantity.ts';
import { type RecordMetric, recordMetric } from './records/record-metric.ts';

/** What is wrong with a rule about aggregates of a metric: its name, which ones, and what is expected of them. */
export function checkAggregates(rule: ThresholdRule | DeadlineRule, path: Path): Problem[] {
  const record = recordMetric(rule.metric);
  if (record !== null)
    return rule.kind === 'threshold' ? checkRecords(rule, record, path) : [noLevel(rule, path)];
  const metric = METRICS.get(rule.metric);
  if (metric === undefined) return [noMetric(rule.metric, path)];
  const allowed = AGGREGATES_OF[metric.kind];
  return Object.entries(rule.expect).flatMap(([key, text = '']): Problem[] => {
    const aggregate = key as Aggregate;
    const at = [...path, 'expect', aggregate];
    if (!allowed.includes(aggregate)) {
      const message = `${aggregate} of ${metric.name}, a ${metric.kind}, means nothing; use ${allowed.join(', ')}`;
      return [{ path: at, message, at: 'key' }];
    }
    const expectation = parseExpectation(text, dimensionOf(metric, aggregate));
    // A level can fall; nothing else that is measured is ever below 0.
    const mayBeNegative = metric.kind === 'gauge' && (aggregate === 'rate' || aggregate === 'delta');
    return mayBeNegative
      ? problemAt(at, expectation)
      : checkLimit(at, text, expectation, `${aggregate} of ${metric.name}`);
  });
}

/** Of what the app writes itself, one value a line or request. */
function checkRecords({ expect }: ThresholdRule, record: RecordMetric, path: Path): Problem[] {
  const { name, aggregates, dimension, mayBeNegative } = record;
  return Object.entries(expect).flatMap(([key, text = '']): Problem[] => {
    const at = [...path, 'expect', key];
    const parsed = parseExpectation(text, dimension);
    if (aggregates.includes(key as Aggregate))
      return mayBeNegative ? problemAt(at, parsed) : checkLimit(at, text, parsed, `${key} of ${name}`);
    return [
      { path: at, message: `${key} of ${name} means nothing; use ${aggregates.join(', ')}`, at: 'key' },
    ];
  });
}

/** What comes one a line has no level that a slope or a deadline could be about. */
export function noLevel({ metric, kind }: TrendRule | DeadlineRule, path: Path): Problem {
  return {
    path: [...path, 'metric'],
    message: `${metric} is no level, so that a ${kind} of it means nothing`,
  };
}

/** Of what is never below 0, a limit that decides nothing is a mistake. */
function checkLimit(path: Path, text: string, parsed: Expectation | TextProblem, of: string): Problem[] {
  const outcome = 'problem' in parsed ? null : foregone(parsed);
  return outcome === null
    ? problemAt(path, parsed)
    : [{ path: [...path], message: `«${text}» ${outcome} holds: ${of} is 0 or more` }];
}

/** The problem of a rule with a metric that does not exist. */
export function noMetric(name: string, path: Path): Problem {
  const message = `«${name}» is not a metric`;
  return { path: [...path, 'metric'], message, value: name, candidates: [...METRICS.keys()] };
}

/** What is wrong with a rule about a measurement, or about how one changed. */
export function checkMeasured(rule: MeasurementRule | RegressionRule, path: Path): Problem[] {
  const { measurement: name, expect } = rule;
  const kind = MEASUREMENTS.get(name);
  const problems = windowKeys(rule, path);
  if (kind === undefined) {
    const message = `«${name}» is not a measurement`;
    const candidates = [...MEASUREMENTS.keys()];
    return [...problems, { path: [...path, 'measurement'], message, value: name, candidates }];
  }
  for (const [key, text = ''] of Object.entries(expect)) {
    const at = [...path, 'expect', key];
    if (!kind.statistics.includes(key as Statistic)) {
      const message = `${name} has no ${key}; use ${kind.statistics.join(', ')}`;
      problems.push({ path: at, message, at: 'key' });
    } else {
      const isChange = rule.kind === 'regression';
      const parsed = isChange ? parseChange(text) : parseExpectation(text, kind.dimension);
      problems.push(
        ...(isChange ? problemAt(at, parsed) : checkLimit(at, text, parsed, `${key} of ${name}`)),
      );
    }
  }
  return problems;
}

/** A measurement is not taken in a window. */
function windowKeys(rule: MeasurementRule | RegressionRule, path: Path): Problem[] {
  return (['minDuration', 'acceptSampled'] as const)
    .filter((key) => rule[key] !== undefined)
    .map((key) => ({
      path: [...path, key],
      at: 'key',
      message: `a ${rule.kind} is not about a window, and has no \`${key}\``,
    }));
}

/** What is wrong with the text of an expectation. */
export function problemAt(path: Path, parsed: Expectation | TextProblem): Problem[] {
  if (!('problem' in parsed)) return [];
  const { problem, ...rest } = parsed;
  return [{ path: [...path], message: problem, ...rest }];
}
