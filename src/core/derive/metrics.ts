import type { CollectorName } from '../../model/collector.ts';
import { COUNT, type Dimension, type Quantity } from '../../model/dimension.ts';
import type { ProcessMetric } from '../../model/sample.ts';

export const AGGREGATES = ['mean', 'max', 'min', 'p50', 'p90', 'p95', 'p99', 'sum', 'rate', 'delta'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/**
 * `intensity`: something per time, one value a look. `counter`: an amount that only grows; its points are the amounts
 * of each look. `gauge`: a level.
 */
export type MetricKind = 'intensity' | 'counter' | 'gauge';

/** Where a metric's numbers come from in the evidence. */
type MetricSource =
  | { of: 'sample'; field: ProcessMetric }
  | { of: 'processes' }
  | { of: 'network'; field: 'connections' | 'bytesSent' | 'bytesReceived' };

export interface Metric {
  name: string;
  dimension: Dimension;
  kind: MetricKind;
  /** The collectors that can carry it, best first. */
  collectors: readonly CollectorName[];
  source: MetricSource;
  about: string;
}

type Row = [
  name: string,
  quantity: Quantity,
  kind: MetricKind,
  collector: CollectorName | readonly CollectorName[],
  source: ProcessMetric | Exclude<MetricSource, { of: 'sample' }>,
  about: string,
];

const NETWORK = ['trace', 'sockets'] as const;

const ROWS: readonly Row[] = [
  [
    'cpu.percent',
    'percent',
    'intensity',
    'cpu',
    'cpuNs',
    'CPU time as a share of one core, of the whole tree',
  ],
  ['cpu.seconds', 'seconds', 'counter', 'cpu', 'cpuNs', 'CPU time used'],
  [
    'memory.pss',
    'bytes',
    'gauge',
    'memory',
    'pssBytes',
    'proportional set size: shared pages divided by their users; huge pages (hugetlbfs) whole; not read at each look (below)',
  ],
  [
    'memory.rss',
    'bytes',
    'gauge',
    'memory',
    'rssBytes',
    'resident set size; shared pages count in each process, huge pages (hugetlbfs) in none',
  ],
  [
    'memory.peak',
    'bytes',
    'gauge',
    'memory',
    'peakRssBytes',
    'largest resident set size of each process so far',
  ],
  ['wakeups.rate', 'count', 'intensity', 'wakeups', 'wakeups', 'voluntary context switches of all threads'],
  ['io.readBytes', 'bytes', 'counter', 'io', 'readBytes', 'bytes fetched from storage'],
  ['io.writtenBytes', 'bytes', 'counter', 'io', 'writtenBytes', 'bytes of files sent to storage'],
  ['files.open', 'count', 'gauge', 'io', 'openFiles', 'open file descriptors'],
  ['threads', 'count', 'gauge', 'wakeups', 'threads', 'threads'],
  ['processes', 'count', 'gauge', 'processes', { of: 'processes' }, 'processes alive'],
  [
    'network.connections',
    'count',
    'counter',
    NETWORK,
    { of: 'network', field: 'connections' },
    'connections opened, either way',
  ],
  ['network.bytesSent', 'bytes', 'counter', NETWORK, { of: 'network', field: 'bytesSent' }, 'bytes sent'],
  [
    'network.bytesReceived',
    'bytes',
    'counter',
    NETWORK,
    { of: 'network', field: 'bytesReceived' },
    'bytes received',
  ],
  [
    'gpu.memory',
    'bytes',
    'gauge',
    'memory',
    'gpuBytes',
    'GPU memory, where the kernel tells it (drm fdinfo)',
  ],
];

/** Every metric that a rule can name; see contract and docs/rules.md. */
export const METRICS: ReadonlyMap<string, Metric> = new Map(
  ROWS.map(([name, quantity, kind, collector, source, about]) => [
    name,
    {
      name,
      dimension: { quantity, perSecond: kind === 'intensity' && quantity === 'count' },
      kind,
      collectors: typeof collector === 'string' ? [collector] : collector,
      source: typeof source === 'string' ? { of: 'sample', field: source } : source,
      about,
    },
  ]),
);

const LEVELS: readonly Aggregate[] = ['mean', 'max', 'min', 'p50', 'p90', 'p95', 'p99'];

/** What the values of a metric are; those of one that is none of ours are counts. */
export function dimensionNamed(metric: string): Dimension {
  return METRICS.get(metric)?.dimension ?? COUNT;
}

/** The aggregates that mean something for a kind of metric: a level has no sum, an amount no percentile. */
export const AGGREGATES_OF: Record<MetricKind, readonly Aggregate[]> = {
  intensity: LEVELS,
  gauge: [...LEVELS, 'rate', 'delta'],
  counter: ['sum', 'rate', 'delta'],
};

/** What a level is read in steps of, in its unit: smaller growth may be there and not show. Memory comes in pages. */
const STEPS: Record<Quantity, number> = { bytes: 4096, count: 1, percent: 0, seconds: 0, share: 0 };

/** What a slope over a window can be told of: levels, and shares of time; null: it would mean nothing. */
export function slopeOf({ kind, dimension }: Metric): { dimension: Dimension; step: number } | null {
  if (kind === 'counter' || dimension.perSecond) return null;
  return { dimension: { ...dimension, perSecond: true }, step: STEPS[dimension.quantity] };
}

/** Dimension of an aggregate of a metric: `rate` of bytes is bytes per second. */
export function dimensionOf(metric: Metric, aggregate: Aggregate): Dimension {
  return aggregate === 'rate' ? { ...metric.dimension, perSecond: true } : metric.dimension;
}
