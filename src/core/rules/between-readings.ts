import { dimensionOf, METRICS, type Metric } from '../derive/metrics.ts';
import { deriveSeries } from '../derive/series.ts';
import { summarize } from '../derive/summarize.ts';
import { quantity } from '../wording/amounts.ts';
import type { AggregateClaim, Check } from './aggregate-checks.ts';
import { compare } from './expectation.ts';
import { isCeiling } from './interval.ts';

/** Aggregates that a higher level between two readings would raise. */
const RAISED: ReadonlySet<string> = new Set(['mean', 'max', 'p50', 'p90', 'p95', 'p99']);

/**
 * How far a claim that proportional memory stayed below a limit is known: others raise it by ceasing to share pages, which neither the CPU clock nor
 * the RSS of a process tells, so that between two readings only the RSS bounds it (huge pages aside, which count whole). Empty where that keeps the limit,
 * too, and of other metrics.
 */
export function betweenReadings(
  { evidence, target, window }: AggregateClaim,
  metric: Metric,
  checks: readonly Check[],
): string {
  const bound = METRICS.get('memory.rss');
  if (metric.name !== 'memory.pss' || bound === undefined) return '';
  const claimed = checks.filter(
    ({ aggregate, expectation, outcome }) =>
      outcome === 'kept' && RAISED.has(aggregate) && isCeiling(expectation),
  );
  if (claimed.length === 0) return '';
  const rss = deriveSeries(evidence, target, bound, window);
  const most = rss.missing === null ? summarize(rss, 'max') : null;
  if (most === null) return ' (as read)';
  if (claimed.every(({ expectation }) => compare(most, expectation, false) === 'kept')) return '';
  return ` (as read; RSS ${quantity(most, dimensionOf(bound, 'max'))})`;
}
