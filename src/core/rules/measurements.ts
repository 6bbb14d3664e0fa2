import type { Statistic } from '../../model/measurement.ts';
import { SECONDS, BYTES, PERCENT, COUNT, PER_SECOND, type Dimension } from '../../model/dimension.ts';

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

const ROWS: readonly [name: string, dimension: Dimension, statistics: readonly Statistic[], about: string][] =
  [
    ['startup', SECONDS, MANY, 'from the start of the command until it is ready'],
    ['startup.cpu', SECONDS, MANY, 'CPU time until it is ready'],
    ['startup.memory', BYTES, MANY, 'proportional memory (PSS) when it is ready'],
    ['ttft', SECONDS, MANY, 'until the first chunk of an answer that says something'],
    ['ttft.firstChunk', SECONDS, MANY, 'until the first chunk of an answer, be it empty'],
    ['ttft.perToken', SECONDS, MANY, 'for each token after the first'],
    ['ttft.gap', SECONDS, MANY, 'between two chunks of an answer that say something'],
    ['ttft.total', SECONDS, MANY, 'until the last chunk of an answer that says something'],
    ['ttft.rate', PER_SECOND, MANY, 'tokens of an answer, over the whole of it'],
    ['http.latency', SECONDS, MANY, 'from a request to the end of its answer, of those with a status of 2xx'],
    ['http.throughput', PER_SECOND, ONE, 'requests that were answered with a status of 2xx'],
    ['http.errors', PERCENT, ONE, 'requests that failed, or were answered with a status other than 2xx'],
    ['http.timeouts', PERCENT, ONE, 'requests that nobody answered in time'],
    ['http.cpu', PERCENT, ONE, 'CPU time of the server meanwhile, of one core'],
    ['http.memory', BYTES, ONE, 'resident memory of the server meanwhile, at the most'],
    ['size.raw', BYTES, ONE, 'size of files'],
    ['size.gzip', BYTES, ONE, 'the same, compressed'],
    ['page.interactive', SECONDS, MANY, 'until a page can be used'],
    ['page.firstPaint', SECONDS, MANY, 'until something of a page can be seen'],
    ['page.largestPaint', SECONDS, MANY, 'until the largest piece of a page can be seen'],
    ['page.loaded', SECONDS, MANY, 'until a page and everything that it names is loaded'],
    ['page.blocked', SECONDS, MANY, 'in which a page could not answer, in stretches of more than 50 ms'],
    ['page.transferred', BYTES, MANY, 'what came over the network for a page'],
    ['run.seconds', SECONDS, MANY, 'a time that a command told'],
    ['run.bytes', BYTES, MANY, 'a size that a command told'],
    ['run.percent', PERCENT, MANY, 'a percentage that a command told'],
    ['run.rate', PER_SECOND, MANY, 'something per second that a command told'],
    ['run.count', COUNT, MANY, 'any other number that a command told'],
  ];

/** Every measurement that a rule can name. */
export const MEASUREMENTS: ReadonlyMap<string, MeasurementKind> = new Map(
  ROWS.map(([name, dimension, statistics, about]) => [name, { name, dimension, statistics, about }]),
);
