import { type Sqlite, prepared } from '../os/sqlite.ts';
import { partsOf, type RowRange } from './batch-rows.ts';
import { unpackSamples } from './sample-blocks.ts';
import { columnsOf, type TableName, type Value } from './tables.ts';

/** So many rows at a time: they are gone before the next ones are read. A block is as large as hundreds of them. */
const PAGE_ROWS = { sample: 1_000, sample_block: 16 } as const satisfies Partial<Record<TableName, number>>;

/** Samples of both tables, batch by batch; those of one batch are in one of them. */
export function* samplesIn(db: Sqlite, rows: RowRange, blocks: RowRange): Generator<readonly Value[]> {
  const single = inPages(db, 'sample', rows);
  let next = single.next();
  for (const { batch, values } of inPages(db, 'sample_block', blocks)) {
    for (; next.done !== true && next.value.batch < batch; next = single.next()) yield next.value.values;
    for (const sample of unpackSamples([{ table: 'sample_block', values }])) yield sample.values;
  }
  for (; next.done !== true; next = single.next()) yield next.value.values;
}

/** The rows of a range, some at a time: an iterator of SQLite is a native object, compare os/sqlite.ts. */
function* inPages(
  db: Sqlite,
  table: keyof typeof PAGE_ROWS,
  range: RowRange,
): Generator<{ batch: number; values: Value[] }> {
  // A file of layout 3 has no table of blocks to ask.
  if (range.last < range.first) return;
  const page = prepared(
    db,
    `SELECT batch, ${columnsOf(table).join(', ')} FROM ${table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid`,
  ).raw();
  for (const { first, last } of partsOf(db, table, range, PAGE_ROWS[table])) {
    for (const [batch, ...values] of page.all(first, last) as Value[][])
      yield { batch: Number(batch), values };
  }
}
