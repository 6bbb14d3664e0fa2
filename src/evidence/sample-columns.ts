import { SampleTable } from '../core/derive/sample-table.ts';
import type { ProcessMetric } from '../model/sample.ts';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import type { RowRange } from './batch-rows.ts';
import { SAMPLE_METRICS } from './rows.ts';
import { columnsOf, type Value } from './tables.ts';

/** So many rows at a time: they are gone before the next ones are read. */
const CHUNK = 16_384;

/** A metric that more of the rows have than one in so many is read as a column of its own, gaps and all. */
const DENSE = 4;
/** Rows in the middle of a chunk that show which ones those are; where they are not like the rest, reading only takes longer. */
const SHOWN = 64;

const IN_RANGE = 'FROM sample WHERE rowid BETWEEN ? AND ?';
const NAMES = columnsOf('sample').slice(-SAMPLE_METRICS.length);
const nameOf = (metric: ProcessMetric): string => NAMES[SAMPLE_METRICS.indexOf(metric)] as string;

/** The samples of some rows, column by column: rows of thirteen values cost three times as much as the few columns that are filled. */
export function readSamples(db: Sqlite, ranges: readonly RowRange[]): SampleTable {
  const table = new SampleTable();
  for (const { first, last } of ranges) {
    for (let from = first; from <= last; from += CHUNK)
      readChunk(db, { first: from, last: Math.min(last, from + CHUNK - 1) }, table);
  }
  return table;
}

function readChunk(db: Sqlite, range: RowRange, table: SampleTable): void {
  const times = column(db, range, 'at_ms') as number[];
  const ids = column(db, range, 'process_id') as number[];
  for (let row = 0; row < times.length; row += 1) table.addLook(times[row] as number, ids[row] as number);
  const dense = denseIn(db, range);
  for (const metric of dense) {
    const values = column(db, range, nameOf(metric));
    for (let row = 0; row < values.length; row += 1) {
      const value = values[row] as Value;
      if (value !== null) table.addReading(metric, times[row] as number, ids[row] as number, Number(value));
    }
  }
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
  const names = metrics.map(nameOf);
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
  const counts = prepared(db, `SELECT ${NAMES.map((name) => `count(${name})`).join(', ')} ${IN_RANGE}`)
    .raw()
    .get(middle, Math.min(last, middle + SHOWN - 1)) as number[];
  return SAMPLE_METRICS.filter((_, index) => (counts[index] as number) > SHOWN / DENSE);
}
