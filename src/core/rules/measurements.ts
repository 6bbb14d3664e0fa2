import type { Statistic } from '../../model/measurement.ts';
import type { Dimension } from '../derive/metrics.ts';

/** What an active probe can find, as rules name it. */
export interface MeasurementKind {
  name: string;
  dimension: Dimension;
  /** The numbers that sum it up. */
  statistics: readonly Statistic[];
  about: string;
}

const MANY: readonly Statistic[] = ['min', 'mean', 'p50', 'p90', 'p95', 'p99', 'max'];
const ONE: readonly Statistic[] = ['value'];

const SECONDS: Dimension = { quantity: 'seconds', perSecond: false };
const BYTES: Dimension = { quantity: 'bytes', perSecond: false };
const PERCENT: Dimension = { quantity: 'percent', perSecond: false };
const PER_SECOND: Dimension = { quantity: 'count', perSecond: true };

const ROWS: readonly [name: string, dimension: Dimension, statistics: readonly Statistic[], about: string][] =
  [
    ['startup', SECONDS, MANY, 'from the start of the command until it is ready'],
    ['startup.cpu', SECONDS, MANY, 'CPU time until it is ready'],
    ['startup.memory', BYTES, MANY, 'memory when it is ready'],
    ['ttft', SECONDS, MANY, 'until the first chunk of an answer that says something'],
    ['ttft.firstChunk', SECONDS, MANY, 'until the first chunk of an answer, be it empty'],
    ['ttft.perToken', SECONDS, MANY, 'for each token after the first'],
    ['http.latency', SECONDS, MANY, 'from a request to the end of its answer'],
    ['http.throughput', PER_SECOND, ONE, 'requests that were answered'],
    ['http.errors', PERCENT, ONE, 'requests that failed, or were answered with a status other than 2xx'],
    ['http.timeouts', PERCENT, ONE, 'requests that nobody answered in time'],
    ['size.raw', BYTES, ONE, 'size of files'],
    ['size.gzip', BYTES, ONE, 'the same, compressed'],
    ['page.interactive', SECONDS, MANY, 'until a page can be used'],
  ];

/** Every measurement that a rule can name. */
export const MEASUREMENTS: ReadonlyMap<string, MeasurementKind> = new Map(
  ROWS.map(([name, dimension, statistics, about]) => [name, { name, dimension, statistics, about }]),
);
