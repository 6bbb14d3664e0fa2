import type { Evidence } from '../../model/evidence.ts';
import type { LevelPoint } from '../derive/level-readings.ts';
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
  if (metric.name !== 'memory.pss') return '';
  const claimed = checks.filter(
    ({ aggregate, expectation, outcome }) =>
      outcome === 'kept' && RAISED.has(aggregate) && isCeiling(expectation),
  );
  if (claimed.length === 0) return '';
  const most = mostResident(evidence, target, window);
  if (most === null) return ' (as read)';
  if (claimed.every(({ expectation }) => compare(most, expectation, false) === 'kept')) return '';
  return ` (as read; RSS ${quantity(most, dimensionOf(metric, 'max'))})`;
}

/**
 * Whether a ceiling that is kept wherever proportional memory was read may be broken where it was not: what was read last is beyond it, and so is the RSS
 * meanwhile. What was given back before would be in neither.
 * @param levels of the time that is claimed, read anew or not
 */
export function mayExceed(
  { evidence, target, window }: AggregateClaim,
  metric: Metric,
  levels: readonly LevelPoint[],
  { aggregate, expectation, outcome }: Check,
): boolean {
  if (metric.name !== 'memory.pss' || outcome !== 'kept') return false;
  if (aggregate !== 'max' || !isCeiling(expectation)) return false;
  const isBeyond = (bytes: number): boolean => compare(bytes, expectation, false) === 'broken';
  return levels.some((point) => {
    if (point.isFresh || !isBeyond(point.value)) return false;
    const span = { fromMs: Math.max(point.fromMs, window.fromMs), toMs: point.toMs };
    const most = mostResident(evidence, target, { ...window, ...span });
    return most === null || isBeyond(most);
  });
}

function mostResident(evidence: Evidence, target: string, window: AggregateClaim['window']): number | null {
  const rss = METRICS.get('memory.rss');
  if (rss === undefined) return null;
  const series = deriveSeries(evidence, target, rss, window);
  return series.missing === null ? summarize(series, 'max') : null;
}
