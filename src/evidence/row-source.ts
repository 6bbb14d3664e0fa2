import type { SampleTable } from '../core/derive/sample-table.ts';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import type { RowRange } from './batch-rows.ts';
import { columnsOf, type TableName, type Value } from './tables.ts';

/** Rows as evidence is made of them, table by table, in the order of writing; a table can be read once. */
export interface RowSource {
  rows: (table: Exclude<TableName, 'sample'>) => Iterable<readonly Value[]>;
  samples: () => SampleTable;
}

/** A further condition in SQL, to be joined to others, with its values. */
export interface RowFilter {
  sql: string;
  values: readonly Value[];
}

export const ALL_ROWS: RowFilter = { sql: '', values: [] };

/** So many rows at a time: they are gone before the next ones are read. */
const CHUNK = 2048;

/** An activity is all in its body; its other columns are for queries. */
const columnsRead = (table: TableName): string[] => (table === 'activity' ? ['body'] : columnsOf(table));

/** The values of a table's rows, without ever holding more than a few of them. */
export function* readTable(
  db: Sqlite,
  table: TableName,
  { first, last }: RowRange,
  where: RowFilter,
): Generator<readonly Value[]> {
  const statement = prepared(
    db,
    `SELECT ${columnsRead(table).join(', ')} FROM ${table} WHERE rowid BETWEEN ? AND ? ${where.sql} ORDER BY rowid`,
  ).raw();
  for (let from = first; from <= last; from += CHUNK) {
    yield* statement.all(from, Math.min(last, from + CHUNK - 1), ...where.values) as Value[][];
  }
}

/** First and last rowid of a table. */
export function wholeTable(db: Sqlite, table: TableName): RowRange {
  return prepared(
    db,
    `SELECT coalesce(min(rowid), 1) AS first, coalesce(max(rowid), 0) AS last FROM ${table}`,
  ).get() as RowRange;
}
