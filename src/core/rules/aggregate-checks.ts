import { AGGREGATES, type Aggregate, dimensionOf, type Metric } from '../derive/metrics.ts';
import type { Series } from '../derive/metric-series.ts';
import { once, spanKey } from '../derive/once.ts';
import { summarize } from '../derive/summarize.ts';
import type { Claim } from './claim.ts';
import { compare, type Expectation, type Outcome, parseExpectation } from './expectation.ts';
import { isCeiling } from './interval.ts';
import type { DeadlineRule, ThresholdRule } from './pack.ts';

export type AggregateClaim = Claim<ThresholdRule | DeadlineRule>;

/** One aggregate, held against what is expected of it. */
export interface Check {
  aggregate: Aggregate;
  expectation: Expectation;
  value: number | null;
  outcome: Outcome;
}

/** Each of the aggregates that a rule names. */
export function checksOf(
  { evidence, window, target, rule }: AggregateClaim,
  metric: Metric,
  series: Series,
  { isLower, isPatchy, since }: { isLower: boolean; isPatchy: boolean; since: number | null },
): Check[] {
  return AGGREGATES.flatMap((name) => {
    const text = rule.expect[name];
    if (text === undefined) return [];
    const expectation = parseExpectation(text, dimensionOf(metric, name));
    if ('problem' in expectation)
      throw new Error(`${text}: ${expectation.problem}; the pack was not checked`);
    const of = `${name} ${metric.name} ${spanKey(window)} ${target} ${since ?? ''}`;
    const value = once(evidence, summarize, of, () => summarize(series, name));
    const outcome = outcomeOf(metric, name, expectation, value, isLower);
    const isOpen = outcome === 'broken' && isPatchy && mayHaveBeen(name, expectation);
    return [{ aggregate: name, expectation, value, outcome: isOpen ? 'open' : outcome }];
  });
}

/** A change of a level says nothing when part of the level is not known; sums and percentiles only grow. */
function outcomeOf(
  metric: Metric,
  name: Aggregate,
  expectation: Expectation,
  value: number | null,
  isLower: boolean,
): Outcome {
  if (value === null) return 'open';
  const isChange = metric.kind === 'gauge' && (name === 'delta' || name === 'rate');
  return isLower && isChange ? 'open' : compare(value, expectation, isLower);
}

/** A peak that is asked for may have come between two readings. */
function mayHaveBeen(name: Aggregate, expectation: Expectation): boolean {
  return isCeiling(expectation) ? name === 'min' : name === 'max';
}

/** Whether what is kept in all of the time is in every part: no part has a larger peak, a lower one, or more of an amount. */
export function holdsInParts({ kind }: Metric, { aggregate: name, expectation }: Check): boolean {
  if (isCeiling(expectation)) return name === 'max' || (kind === 'counter' && name !== 'rate');
  return name === 'min' && ['>', '>='].includes(expectation.operator);
}
