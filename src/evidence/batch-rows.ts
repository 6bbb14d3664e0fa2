import type Database from 'better-sqlite3';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import { DamagedRows } from './damaged-rows.ts';
import { columnsOf, TABLE_NAMES, type Row, type TableName, type Value } from './tables.ts';

/** First and last rowid of some rows of a table; `last` is below `first` where there are none. */
export interface RowRange {
  first: number;
  last: number;
}

export const NO_ROWS: RowRange = { first: 1, last: 0 };

/**
 * A range in parts of so many numbers at most, without stretches that have no rows: thinning leaves long ones, and whoever forges a file
 * can leave one of any length.
 * @throws DamagedRows for numbers that are no exact ones in JavaScript, which nobody writes but by hand
 */
export function* partsOf(
  db: Sqlite,
  table: TableName,
  { first, last }: RowRange,
  most: number,
): Generator<RowRange> {
  refuseInexact(table, last);
  const next = prepared(db, `SELECT min(rowid) FROM ${table} WHERE rowid >= ?`).pluck();
  for (let from: number | null = first; from !== null && from <= last; ) {
    const part: RowRange = { first: from, last: Math.min(last, from + most - 1) };
    yield part;
    from = part.last === last ? null : (next.get(part.last + 1) as number | null);
  }
}

function refuseInexact(table: TableName, last: number): void {
  if (!Number.isSafeInteger(last)) throw new DamagedRows(`the last row of ${table} has the number ${last}`);
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
    const all = this.#edges(table);
    const first = this.#firstFrom(table, fromBatch, all);
    return { first, last: this.#firstFrom(table, toBatch + 1, { first, last: all.last }) - 1 };
  }

  /** The rows of a table from some batches on to others, without what single batches in between wrote, which are in order. */
  rangesWithout(
    table: TableName,
    fromBatch: number,
    toBatch: number,
    without: readonly number[],
  ): RowRange[] {
    const all = this.#edges(table);
    const ranges: RowRange[] = [];
    let first = this.#firstFrom(table, fromBatch, all);
    // What was left out the last time, and what lay before it: the next time it is about as much.
    const last = { kept: 0, leftOut: 0 };
    for (const batch of [...without, toBatch + 1]) {
      const end = this.#firstFrom(table, batch, { first, last: all.last }, last.kept);
      if (end > first) ranges.push({ first, last: end - 1 });
      const next = this.#firstFrom(table, batch + 1, { first: end, last: all.last }, last.leftOut);
      Object.assign(last, { kept: end - first, leftOut: next - end });
      first = next;
    }
    return ranges;
  }

  #edges(table: TableName): RowRange {
    const all = this.#of(table).edges.get() as RowRange;
    refuseInexact(table, all.last);
    return all;
  }

  /**
   * The first rowid whose batch is not below one, in steps that double from where it is expected; one above the last where there
   * is none.
   * @param expected rows before it
   */
  #firstFrom(table: TableName, batch: number, { first, last }: RowRange, expected = 0): number {
    const { next } = this.#of(table);
    const isBelow = (rowid: number): boolean => {
      const found = next.get(rowid) as number | undefined;
      return found !== undefined && found < batch;
    };
    let low = first;
    let high = last + 1;
    const guess = first + expected;
    if (guess < high && isBelow(guess)) {
      low = guess + 1;
      for (let step = 1; low + step < high; step *= 2) {
        if (isBelow(low + step)) low += step + 1;
        else high = low + step;
      }
    } else {
      high = Math.min(high, guess);
      for (let step = 1; high - step >= low; step *= 2) {
        if (isBelow(high - step)) low = high - step + 1;
        else high -= step;
      }
    }
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (isBelow(middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #of(table: TableName): Statements {
    const statements = this.#statements[table];
    if (statements === undefined) throw new Error(`there is no table ${table}`);
    return statements;
  }
}

/**
 * All rows of some batches, table by table.
 * @param tables that the file has
 */
export function readRows(
  db: Sqlite,
  tables: ReadonlySet<TableName>,
  { fromBatch, toBatch }: { fromBatch: number; toBatch: number },
): Row[] {
  const finder = new BatchFinder(db, tables);
  return TABLE_NAMES.filter((table) => tables.has(table)).flatMap((table) => {
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
