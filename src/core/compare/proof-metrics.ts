import type { Proof } from '../../model/proof.ts';
import type { ComparedItem } from '../../model/proof-comparison.ts';
import type { MetricSummary } from '../../model/window-verdict.ts';
import { dimensionNamed } from '../derive/metrics.ts';
import { quantity } from '../wording/amounts.ts';
import { type ComparedMetric, comparedIn } from './compared-metrics.ts';
import { windowVerdictOf } from './from-proof.ts';
import { referenceOf, type Statistic, STATISTICS } from './reference.ts';

const NEVER = { fromMs: 0, toMs: 0 };

/** Metrics that rose or fell by more than what is nobody's trouble. A value that may be larger in truth is no measure of a fall. */
export function compareMetrics(before: Proof, after: Proof): ComparedItem[] {
  const old = windowVerdictOf(before, NEVER).metrics ?? {};
  const now = windowVerdictOf(after, NEVER).metrics ?? {};
  const lost = Object.entries(old).flatMap(([target, metrics]) => {
    const later = Object.hasOwn(now, target) ? (now[target] ?? {}) : null;
    return later === null ? [] : comparedIn(metrics).flatMap((one) => lostItem(target, one, later));
  });
  const moved = Object.entries(now).flatMap(([target, metrics]) => {
    const earlier = new Map(
      comparedIn(Object.hasOwn(old, target) ? (old[target] ?? {}) : {}).map((one) => [one.metric.name, one]),
    );
    return comparedIn(metrics).flatMap(({ metric, summary }) => {
      const known = earlier.get(metric.name)?.summary;
      return known === undefined ? [] : itemsOf(target, metric, known, summary);
    });
  });
  return [...moved, ...lost];
}

/** What was known of a target that is still watched, and is not any more. */
function lostItem(
  target: string,
  { metric: { name }, summary }: { metric: ComparedMetric; summary: MetricSummary },
  later: Readonly<Record<string, MetricSummary>>,
): ComparedItem[] {
  if (Object.hasOwn(later, name)) return [];
  const before = sayValue(name, 'mean', summary);
  return [{ change: 'unknown', kind: 'metric', target, name, before, after: null }];
}

function itemsOf(
  target: string,
  metric: ComparedMetric,
  before: MetricSummary,
  after: MetricSummary,
): ComparedItem[] {
  const risen = before.atLeast === true ? null : exceeding(after, before, metric.floor);
  const fallen = after.atLeast === true ? null : exceeding(before, after, metric.floor);
  const statistic = risen ?? fallen;
  if (statistic === null) return [];
  const say = (summary: MetricSummary): string => sayValue(metric.name, statistic, summary);
  const change = risen === null ? 'better' : 'worse';
  return [{ change, kind: 'metric', target, name: metric.name, before: say(before), after: say(after) }];
}

/** The first statistic by which one is plainly above the other; null: none. */
function exceeding(one: MetricSummary, other: MetricSummary, floor: number): Statistic | null {
  const reference = referenceOf([other], floor);
  return STATISTICS.find((statistic) => one[statistic] > (reference?.[statistic]?.above ?? Infinity)) ?? null;
}

function sayValue(name: string, statistic: Statistic, summary: MetricSummary): string {
  const dimension = dimensionNamed(name);
  const atLeast = summary.atLeast === true ? 'at least ' : '';
  return `${statistic} ${atLeast}${quantity(summary[statistic], dimension)}`;
}
