import { METRICS } from '../core/derive/metrics.ts';
import { quantity } from '../core/wording/amounts.ts';

/** A value of a metric as people read it; a metric that is not known has a plain number. */
export function inUnit(metric: string, value: number): string {
  const dimension = METRICS.get(metric)?.dimension;
  return dimension === undefined ? String(value) : quantity(value, dimension);
}
