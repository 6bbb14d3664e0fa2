import type { ProcessMetric } from '../model/sample.ts';

/** The column of each metric in the table of samples, in the order of the columns. */
export const SAMPLE_COLUMNS: Readonly<Record<ProcessMetric, string>> = {
  cpuNs: 'cpu_ns',
  reapedCpuNs: 'reaped_cpu_ns',
  wakeups: 'wakeups',
  rssBytes: 'rss_bytes',
  pssBytes: 'pss_bytes',
  peakRssBytes: 'peak_rss_bytes',
  readBytes: 'read_bytes',
  writtenBytes: 'written_bytes',
  openFiles: 'open_files',
  threads: 'threads',
  gpuBytes: 'gpu_bytes',
};
export const SAMPLE_METRICS: readonly ProcessMetric[] = Object.keys(SAMPLE_COLUMNS) as ProcessMetric[];

/** Types of SQLite, by column. */
type Columns = Readonly<Record<string, 'INTEGER' | 'REAL' | 'TEXT'>>;

/**
 * The tables of an evidence file with their columns (the leading `batch` left out), in the order in which a batch is hashed.
 * Everything is append-only; every row names the batch that wrote it. What has few rows and many shapes (run, windows,
 * targets, reports) is kept as JSON documents; what has many rows has columns, so that people can query it with SQL.
 */
export const TABLES = {
  document: { kind: 'TEXT', body: 'TEXT' },
  process: { id: 'INTEGER', target: 'TEXT', pid: 'INTEGER', name: 'TEXT', body: 'TEXT' },
  look: { from_ms: 'REAL', to_ms: 'REAL', looks: 'INTEGER', longest_step_ms: 'REAL' },
  sample: {
    at_ms: 'REAL',
    process_id: 'INTEGER',
    ...Object.fromEntries(Object.values(SAMPLE_COLUMNS).map((column) => [column, 'INTEGER'])),
  } as Columns,
  sample_block: { from_ms: 'REAL', to_ms: 'REAL', samples: 'INTEGER', body: 'TEXT' },
  activity: { at_ms: 'REAL', target: 'TEXT', kind: 'TEXT', process_id: 'INTEGER', body: 'TEXT' },
  counter: { at_ms: 'REAL', scope: 'TEXT', body: 'TEXT' },
  gap: { from_ms: 'REAL', to_ms: 'REAL', collector: 'TEXT', target: 'TEXT', reason: 'TEXT' },
  disturbance: { from_ms: 'REAL', to_ms: 'REAL', target: 'TEXT', kind: 'TEXT', detail: 'TEXT' },
  wake: {
    from_ms: 'REAL',
    to_ms: 'REAL',
    process_id: 'INTEGER',
    tid: 'INTEGER',
    thread: 'TEXT',
    call: 'TEXT',
    timeout_ms: 'REAL',
    timeout_is: 'TEXT',
    woken_by: 'TEXT',
    waker: 'TEXT',
    count: 'INTEGER',
    interval_ms: 'REAL',
    sampled_share: 'REAL',
    times: 'TEXT',
  },
} as const;

export type TableName = keyof typeof TABLES;
export const TABLE_NAMES: readonly TableName[] = Object.keys(TABLES) as TableName[];

export type Value = number | string | null;

/** Values of one row in the order of the table's columns. */
export interface Row {
  table: TableName;
  values: readonly Value[];
}

export const columnsOf = (table: TableName): string[] => Object.keys(TABLES[table]);
