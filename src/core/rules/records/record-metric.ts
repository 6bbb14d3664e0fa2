import { fieldDimension } from '../../derive/field-dimension.ts';
import { COUNT, SECONDS, type Dimension } from '../../../model/dimension.ts';
import type { Aggregate } from '../../derive/metrics.ts';

/** A metric of what the app writes down itself; its values come one a line or request, not one a look. */
export interface RecordMetric {
  name: string;
  /** `log`: a field of lines. `derived`: as the configuration says under `derived`. */
  of: 'log' | 'derived';
  dimension: Dimension;
  aggregates: readonly Aggregate[];
  /** How many of the base unit one is of the unit in which it is written. */
  scale: number;
  /** What the app writes can be any number, and so can a ratio of such; counts and times of requests are 0 or more. */
  mayBeNegative: boolean;
}

const EACH: readonly Aggregate[] = ['mean', 'max', 'min', 'p50', 'p90', 'p95', 'p99', 'sum'];

/** What is derived of requests: the last part of the name. */
const OF_REQUESTS: ReadonlyMap<string, Pick<RecordMetric, 'dimension' | 'aggregates'>> = new Map([
  ['ttft', { dimension: SECONDS, aggregates: EACH }],
  ['total', { dimension: SECONDS, aggregates: EACH }],
  ['tokens', { dimension: COUNT, aggregates: EACH }],
  ['tokensPerSecond', { dimension: { quantity: 'count', perSecond: true }, aggregates: EACH }],
  ['unfinished', { dimension: COUNT, aggregates: ['sum'] }],
  ['unknown', { dimension: COUNT, aggregates: ['sum'] }],
  ['repeated', { dimension: COUNT, aggregates: ['sum'] }],
]);

/** The parts that the metrics of requests have; no other derived metric may be called so. */
export const REQUEST_PARTS: readonly string[] = [...OF_REQUESTS.keys()];

const LOG_METRIC = /^log\.[^.]+\.[^]+$/u;
const DERIVED_METRIC = /^derived\.(?:.*\.)?([^.]+)$/u;

/** `log.model_load.duration_ms` or `derived.retry.success`; null for other names. */
export function recordMetric(name: string): RecordMetric | null {
  if (LOG_METRIC.test(name)) {
    return { name, of: 'log', aggregates: EACH, mayBeNegative: true, ...fieldDimension(name) };
  }
  const last = DERIVED_METRIC.exec(name)?.[1];
  if (last === undefined) return null;
  const ofRequests = OF_REQUESTS.get(last);
  const ratio = { dimension: { quantity: 'share', perSecond: false }, aggregates: ['mean'] } as const;
  return { name, of: 'derived', scale: 1, mayBeNegative: ofRequests === undefined, ...(ofRequests ?? ratio) };
}
