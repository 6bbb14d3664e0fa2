import { SampleTable } from '../core/derive/sample-table.ts';
import type { ProcessMetric } from '../model/sample.ts';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import { partsOf, type RowRange } from './batch-rows.ts';
import { readBlock, type SampleBlock, samplesOf } from './sample-blocks.ts';
import { SAMPLE_COLUMNS, SAMPLE_METRICS, type Value } from './tables.ts';

/** So many rows at a time: they are gone before the next ones are read. */
const CHUNK = 16_384;

/** A metric that more of the rows have than one in so many is read as a column of its own, gaps and all. */
const DENSE = 4;
/** Rows in the middle of a range that show which ones those are; where they are not like the rest, reading only takes longer. */
const SHOWN = 64;

const IN_RANGE = 'FROM sample WHERE rowid BETWEEN ? AND ?';

/** So many blocks at a time. */
const BLOCKS = 256;

/** The samples of some rows, and of some blocks. */
export function readSamples(
  db: Sqlite,
  ranges: readonly RowRange[],
  blocks: readonly RowRange[],
): SampleTable {
  const table = new SampleTable();
  readRows(db, ranges, table);
  for (const range of blocks) readBlocks(db, range, table);
  return table;
}

function readBlocks(db: Sqlite, range: RowRange, table: SampleTable): void {
  const statement = prepared(
    db,
    'SELECT samples, body FROM sample_block WHERE rowid BETWEEN ? AND ? ORDER BY rowid',
  ).raw();
  for (const { first, last } of partsOf(db, 'sample_block', range, BLOCKS)) {
    for (const [samples, body] of statement.all(first, last) as [Value, Value][])
      addBlock(table, readBlock(samples, body));
  }
}

function addBlock(table: SampleTable, { runs, metrics }: SampleBlock): void {
  const dense = metrics.filter(({ places }) => places === null);
  for (const { first, atMs, processIds } of runs) table.addLooks(atMs, processIds, dense, first);
  if (dense.length === metrics.length) return;
  const samples = samplesOf(runs);
  for (const { metric, values, places } of metrics) {
    if (places === null) continue;
    for (let nth = 0; nth < values.length; nth += 1) {
      const { atMs, processId } = samples[places[nth] as number] as (typeof samples)[number];
      table.addReading(metric, atMs, processId, values[nth] as number);
    }
  }
}

/** Column by column: rows of thirteen values cost three times as much as the few columns that are filled. */
function readRows(db: Sqlite, ranges: readonly RowRange[], table: SampleTable): void {
  let dense: readonly ProcessMetric[] = [];
  let rowsLeft = 0;
  for (const whole of ranges) {
    for (const range of partsOf(db, 'sample', whole, CHUNK)) {
      // Many ranges are short, and the next one is like the one before.
      if (rowsLeft <= 0) [dense, rowsLeft] = [denseIn(db, range), CHUNK];
      rowsLeft -= range.last - range.first + 1;
      readChunk(db, range, dense, table);
    }
  }
}

function readChunk(db: Sqlite, range: RowRange, dense: readonly ProcessMetric[], table: SampleTable): void {
  table.addRows(
    column(db, range, 'at_ms') as number[],
    column(db, range, 'process_id') as number[],
    dense.map((metric) => ({
      metric,
      values: column(db, range, SAMPLE_COLUMNS[metric]) as (number | null)[],
    })),
  );
  const sparse = SAMPLE_METRICS.filter((metric) => !dense.includes(metric));
  if (sparse.length > 0) readSparse(db, range, sparse, table);
}

/** All that rows have of some metrics, of those rows that have any. */
function readSparse(
  db: Sqlite,
  { first, last }: RowRange,
  metrics: readonly ProcessMetric[],
  table: SampleTable,
): void {
  const names = metrics.map((metric) => SAMPLE_COLUMNS[metric]);
  const any = names.map((name) => `${name} IS NOT NULL`).join(' OR ');
  const rows = prepared(
    db,
    `SELECT at_ms, process_id, ${names.join(', ')} ${IN_RANGE} AND (${any}) ORDER BY rowid`,
  )
    .raw()
    .all(first, last) as [number, number, ...Value[]][];
  for (const [atMs, id, ...values] of rows) {
    for (const [index, value] of values.entries()) {
      if (value !== null) table.addReading(metrics[index] as ProcessMetric, atMs, id, Number(value));
    }
  }
}

function column(db: Sqlite, { first, last }: RowRange, name: string): Value[] {
  return prepared(db, `SELECT ${name} ${IN_RANGE} ORDER BY rowid`).pluck().all(first, last) as Value[];
}

function denseIn(db: Sqlite, { first, last }: RowRange): ProcessMetric[] {
  const middle = Math.max(first, Math.floor((first + last - SHOWN) / 2));
  const counted = Object.values(SAMPLE_COLUMNS).map((name) => `count(${name})`);
  const counts = prepared(db, `SELECT ${counted.join(', ')} ${IN_RANGE}`)
    .raw()
    .get(middle, Math.min(last, middle + SHOWN - 1)) as number[];
  return SAMPLE_METRICS.filter((_, index) => (counts[index] as number) > SHOWN / DENSE);
}
