import type { SampleTable } from '../core/derive/sample-table.ts';
import type { Activity } from '../model/activity.ts';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import { partsOf, type RowRange } from './batch-rows.ts';
import { DamagedRows, isObject, parseBody } from './damaged-rows.ts';
import { columnsOf, type TableName, type Value } from './tables.ts';

/** Rows as evidence is made of them, table by table, in the order of writing; a table can be read once. */
export interface RowSource {
  rows: (
    table: Exclude<TableName, 'sample' | 'sample_block' | 'activity' | 'process'>,
  ) => Iterable<readonly Value[]>;
  samples: () => SampleTable;
  /** Some at a time: an activity is all in its body, its other columns are for queries. */
  activities: () => Iterable<readonly Activity[]>;
  /** Those that were there, and those that did something there. @param acting numbers of the latter */
  processes: (acting: ReadonlySet<number>) => Iterable<readonly Value[]>;
}

/** A further condition in SQL, to be joined to others, with its values. */
export interface RowFilter {
  sql: string;
  values: readonly Value[];
}

export const ALL_ROWS: RowFilter = { sql: '', values: [] };

/** So many rows at a time: they are gone before the next ones are read. */
const CHUNK = 2048;
/** So many bodies are parsed as one text, which takes less than one by one; larger texts take more again. */
const TOGETHER = 256;

/** The values of a table's rows, without ever holding more than a few of them. */
export function* readTable(
  db: Sqlite,
  table: TableName,
  range: RowRange,
  where: RowFilter,
): Generator<readonly Value[]> {
  const statement = prepared(
    db,
    `SELECT ${columnsOf(table).join(', ')} FROM ${table} WHERE rowid BETWEEN ? AND ? ${where.sql} ORDER BY rowid`,
  ).raw();
  for (const { first, last } of partsOf(db, table, range, CHUNK))
    yield* statement.all(first, last, ...where.values) as Value[][];
}

/** Activities, likewise. */
export function* readActivities(db: Sqlite, range: RowRange): Generator<readonly Activity[]> {
  const statement = prepared(
    db,
    'SELECT count(*), group_concat(body) FROM (SELECT body FROM activity WHERE rowid BETWEEN ? AND ? ORDER BY rowid)',
  ).raw();
  for (const { first, last } of partsOf(db, 'activity', range, TOGETHER)) {
    const [count, bodies] = statement.get(first, last) as [number, string | null];
    const activities = parseBody(`[${bodies ?? ''}]`, 'a row of activity') as Activity[];
    // A row without a body would be left out.
    if (activities.length !== count || !activities.every(isObject))
      throw new DamagedRows('a row of activity is not what was written');
    yield activities;
  }
}

/** First and last rowid of a table. */
export function wholeTable(db: Sqlite, table: TableName): RowRange {
  return prepared(
    db,
    `SELECT coalesce(min(rowid), 1) AS first, coalesce(max(rowid), 0) AS last FROM ${table}`,
  ).get() as RowRange;
}
