import type { AppRecord } from '../../derive/app-record.ts';
import type { Amount, DerivedMetric } from '../../../model/derived-metric.ts';
import type { Evidence, Window } from '../../../model/evidence.ts';
import { chainValues } from './chain-values.ts';
import { logValues } from './log-values.ts';
import { REQUEST_PARTS, recordMetric } from './record-metric.ts';
import { idOf, isOf, nameOf, placeOf, type RecordValues, recordsIn } from './records.ts';
import { requestValues } from './request-values.ts';

/** A metric of the configuration, and which part of it a rule is about (`ttft`; none where it has only one). */
export interface FoundDerived {
  metric: DerivedMetric;
  part: string | null;
}

/** The metric that a rule calls `derived.<name>` or `derived.<name>.<part>`; null: the configuration has none. */
export function findDerived(
  derived: Readonly<Record<string, DerivedMetric>>,
  name: string,
): FoundDerived | null {
  const full = name.replace(/^derived\./u, '');
  const whole = Object.hasOwn(derived, full) ? derived[full] : undefined;
  if (whole !== undefined && !('requests' in whole)) return { metric: whole, part: null };
  const dot = full.lastIndexOf('.');
  const owner = full.slice(0, Math.max(0, dot));
  const metric = Object.hasOwn(derived, owner) ? derived[owner] : undefined;
  return metric !== undefined && 'requests' in metric ? { metric, part: full.slice(dot + 1) } : null;
}

/** What rules can call the metrics of a configuration. */
export function derivedNames(derived: Readonly<Record<string, DerivedMetric>>): string[] {
  return Object.entries(derived).flatMap(([name, metric]) =>
    'requests' in metric ? REQUEST_PARTS.map((part) => `derived.${name}.${part}`) : [`derived.${name}`],
  );
}

/** Where the records stand that a metric is derived from. */
export function placesOf(metric: DerivedMetric): AppRecord['kind'][] {
  if ('ratio' in metric) return [...new Set(metric.ratio.map(placeOfAmount))];
  if ('chain' in metric) return [...new Set([placeOf(metric.chain.from), placeOf(metric.chain.to)])];
  const { start, firstToken, end } = metric.requests;
  return [...new Set([start, end, ...(firstToken === undefined ? [] : [firstToken])].map(placeOf))];
}

function placeOfAmount(amount: Amount): AppRecord['kind'] {
  return 'metric' in amount ? 'log' : placeOf(amount);
}

/** The values of a derived metric in a window, and what of it is not known. */
export function derivedValues(
  evidence: Evidence,
  target: string,
  window: Window,
  { metric, part }: FoundDerived,
): RecordValues {
  if ('chain' in metric) return chainValues(evidence, target, window, metric.chain);
  if ('requests' in metric) return requestValues(evidence, target, window, metric.requests, part ?? '');
  const [above, below] = metric.ratio.map((amount) => amountIn(evidence, target, window, amount));
  const missing = above?.missing ?? below?.missing ?? null;
  const isDefined = above !== undefined && below !== undefined && below.value !== 0;
  return { values: isDefined ? [{ atMs: window.toMs, value: above.value / below.value }] : [], missing };
}

function amountIn(
  evidence: Evidence,
  target: string,
  window: Window,
  amount: Amount,
): { value: number; missing: string | null } {
  if ('metric' in amount) {
    const metric = recordMetric(amount.metric);
    if (metric?.of !== 'log')
      throw new Error(`${amount.metric} is not a metric of a log; it was not checked`);
    const { values, missing } = logValues(evidence, target, window, metric);
    return { value: values.reduce((sum, { value }) => sum + value, 0), missing };
  }
  const records = recordsIn(evidence, target, window, placeOf(amount)).filter((one) => isOf(one, amount));
  const { distinct } = amount;
  if (distinct === undefined) return { value: records.length, missing: null };
  const ids = records.map((one) => idOf(one, distinct));
  const missing = ids.includes(null) ? `a record ${nameOf(amount)} has no ${distinct} that is known` : null;
  return { value: new Set(ids.filter((id) => id !== null)).size, missing };
}
