import { type Sqlite, prepared } from '../os/sqlite.ts';
import { BatchFinder, NO_ROWS, type RowRange } from './batch-rows.ts';
import { unpackCounters } from './counter-deltas.ts';
import { samplesIn } from './stored-samples.ts';
import { ALL_ROWS, readTable } from './row-source.ts';
import { Standing } from './standing.ts';
import { type Row, TABLE_NAMES, type TableName } from './tables.ts';

/**
 * What is known at the end of a file, from its last keyframe on.
 * @param tables that the file has
 * @throws DamagedRows
 */
export function readStanding(db: Sqlite, tables: ReadonlySet<TableName>): Standing {
  const standing = new Standing();
  standing.take(unpackCounters(rowsSinceKeyframe(db, tables)));
  return standing;
}

/** Table by table; the samples of both tables in the order of writing. */
function* rowsSinceKeyframe(db: Sqlite, tables: ReadonlySet<TableName>): Generator<Row> {
  const { fromBatch, toBatch } = prepared(
    db,
    `SELECT coalesce((SELECT max(id) FROM batch WHERE keyframe > 0), 1) AS fromBatch,
     (SELECT coalesce(max(id), 0) FROM batch) AS toBatch`,
  ).get() as { fromBatch: number; toBatch: number };
  const finder = new BatchFinder(db, tables);
  const rangeOf = (table: TableName): RowRange =>
    tables.has(table) ? finder.range(table, fromBatch, toBatch) : NO_ROWS;
  for (const table of TABLE_NAMES) {
    if (table === 'sample_block') continue;
    const found =
      table === 'sample'
        ? samplesIn(db, rangeOf('sample'), rangeOf('sample_block'))
        : readTable(db, table, rangeOf(table), ALL_ROWS);
    for (const values of found) yield { table, values };
  }
}
