import { type Sqlite, prepared } from '../../os/sqlite.ts';
import { columnsOf, TABLE_NAMES, type Row, type TableName, type Value } from '../tables.ts';

interface Cursor {
  table: TableName;
  rows: IterableIterator<Value[]>;
  /** The row to come: its rowid, its batch, its values. */
  next: Value[] | null;
}

/** All tables side by side, read once from their first row to their last. */
export class RowCursors {
  readonly #cursors: Cursor[] = [];

  constructor(db: Sqlite, tables: ReadonlySet<TableName>) {
    try {
      for (const table of TABLE_NAMES) if (tables.has(table)) this.#cursors.push(begin(db, table));
    } catch (error) {
      // A database with a cursor left open cannot be closed.
      this.close();
      throw error;
    }
  }

  /** The rows of a batch; those before them that are of no batch so far are strays, named by table and rowid. */
  take(batch: number): { rows: Row[]; strays: string[] } {
    const rows: Row[] = [];
    const strays: string[] = [];
    for (const cursor of this.#cursors) {
      for (let row = cursor.next; row !== null && Number(row[1]) <= batch; row = cursor.next) {
        if (row[1] === batch) rows.push({ table: cursor.table, values: row.slice(2) });
        else strays.push(nameOf(cursor.table, row));
        cursor.next = cursor.rows.next().value ?? null;
      }
    }
    return { rows, strays };
  }

  close(): void {
    for (const { rows } of this.#cursors) rows.return?.();
  }

  /** The first row of each table that no batch has taken. */
  left(): string[] {
    return this.#cursors.flatMap(({ table, next }) => (next === null ? [] : [nameOf(table, next)]));
  }
}

function begin(db: Sqlite, table: TableName): Cursor {
  const rows = prepared(
    db,
    `SELECT rowid, batch, ${columnsOf(table).join(', ')} FROM ${table} ORDER BY rowid`,
  )
    .raw()
    .iterate() as IterableIterator<Value[]>;
  return { table, rows, next: rows.next().value ?? null };
}

const nameOf = (table: TableName, row: readonly Value[]): string =>
  `row ${String(row[0])} of ${table} (batch ${String(row[1])})`;
