import type Database from 'better-sqlite3';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import { columnsOf, TABLE_NAMES, type Row, type TableName, type Value } from './tables.ts';

/** First and last rowid of some rows of a table; `last` is below `first` where there are none. */
export interface RowRange {
  first: number;
  last: number;
}

interface Statements {
  edges: Database.Statement;
  next: Database.Statement;
}

/**
 * Finds rows by their batch without an index: tables are only appended to, so that batches lie in the order of rowids. A
 * search takes some tens of microseconds, and an index would be a third of the file.
 */
export class BatchFinder {
  readonly #statements: Readonly<Record<string, Statements>>;

  constructor(db: Sqlite, tables: Iterable<TableName>) {
    this.#statements = Object.fromEntries(
      [...tables].map((table) => [
        table,
        {
          edges: prepared(
            db,
            `SELECT coalesce(min(rowid), 1) AS first, coalesce((SELECT max(rowid) FROM ${table}), 0) AS last FROM ${table}`,
          ),
          next: prepared(db, `SELECT batch FROM ${table} WHERE rowid >= ? ORDER BY rowid LIMIT 1`).pluck(),
        },
      ]),
    );
  }

  /** The rows of a table that were written by batches `fromBatch` to `toBatch`. */
  range(table: TableName, fromBatch: number, toBatch: number): RowRange {
    const { edges } = this.#of(table);
    const all = edges.get() as RowRange;
    const first = this.#firstFrom(table, fromBatch, all);
    return { first, last: this.#firstFrom(table, toBatch + 1, { first, last: all.last }) - 1 };
  }

  /** The first rowid whose batch is not below one; one above the last where there is none. */
  #firstFrom(table: TableName, batch: number, { first, last }: RowRange): number {
    const { next } = this.#of(table);
    let low = first;
    let high = last + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = next.get(middle) as number | undefined;
      if (found === undefined || found >= batch) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #of(table: TableName): Statements {
    const statements = this.#statements[table];
    if (statements === undefined) throw new Error(`there is no table ${table}`);
    return statements;
  }
}

/** All rows of some batches, table by table. */
export function readRows(db: Sqlite, fromBatch: number, toBatch: number): Row[] {
  const finder = new BatchFinder(db, TABLE_NAMES);
  return TABLE_NAMES.flatMap((table) => {
    const { first, last } = finder.range(table, fromBatch, toBatch);
    const values = prepared(
      db,
      `SELECT ${columnsOf(table).join(', ')} FROM ${table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid`,
    )
      .raw()
      .all(first, last) as Value[][];
    return values.map((row) => ({ table, values: row }));
  });
}
