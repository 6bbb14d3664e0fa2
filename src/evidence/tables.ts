/**
 * The tables of an evidence file with their columns (the leading `batch` left out), in the order in which a batch is hashed.
 * Everything is append-only; every row names the batch that wrote it. What has few rows and many shapes (run, windows,
 * targets, reports) is kept as JSON documents; what has many rows has columns, so that people can query it with SQL.
 */
export const TABLES = {
  document: { name: 'document', columns: { kind: 'TEXT', body: 'TEXT' } },
  process: {
    name: 'process',
    columns: { id: 'INTEGER', target: 'TEXT', pid: 'INTEGER', name: 'TEXT', body: 'TEXT' },
  },
  look: {
    name: 'look',
    columns: { from_ms: 'REAL', to_ms: 'REAL', looks: 'INTEGER', longest_step_ms: 'REAL' },
  },
  sample: {
    name: 'sample',
    columns: {
      at_ms: 'REAL',
      process_id: 'INTEGER',
      cpu_ns: 'INTEGER',
      reaped_cpu_ns: 'INTEGER',
      wakeups: 'INTEGER',
      rss_bytes: 'INTEGER',
      pss_bytes: 'INTEGER',
      peak_rss_bytes: 'INTEGER',
      read_bytes: 'INTEGER',
      written_bytes: 'INTEGER',
      open_files: 'INTEGER',
      threads: 'INTEGER',
      gpu_bytes: 'INTEGER',
    },
  },
  sample_block: {
    name: 'sample_block',
    columns: { from_ms: 'REAL', to_ms: 'REAL', samples: 'INTEGER', body: 'TEXT' },
  },
  activity: {
    name: 'activity',
    columns: { at_ms: 'REAL', target: 'TEXT', kind: 'TEXT', process_id: 'INTEGER', body: 'TEXT' },
  },
  counter: { name: 'counter', columns: { at_ms: 'REAL', scope: 'TEXT', body: 'TEXT' } },
  gap: {
    name: 'gap',
    columns: { from_ms: 'REAL', to_ms: 'REAL', collector: 'TEXT', target: 'TEXT', reason: 'TEXT' },
  },
  disturbance: {
    name: 'disturbance',
    columns: { from_ms: 'REAL', to_ms: 'REAL', target: 'TEXT', kind: 'TEXT', detail: 'TEXT' },
  },
  wake: {
    name: 'wake',
    columns: {
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

export const columnsOf = (table: TableName): string[] => Object.keys(TABLES[table].columns);
