import { prepared, type Sqlite } from '../../os/sqlite.ts';
import type { BatchHead } from '../chain.ts';
import { RowCursors } from './row-cursors.ts';
import type { TableName } from '../tables.ts';

/** As it stands in the file: whether that is true is not known. */
export interface BatchRow extends BatchHead {
  rows: number;
  previous: string;
  sha256: string;
  segment: number;
}

/** Batches and rows, each read once, in order; to be closed. */
export class BatchWalk {
  readonly rows: RowCursors;
  readonly #batches: IterableIterator<BatchRow>;
  /** Where the walk is; null: before the first, or after the last. */
  batch: BatchRow | null = null;

  constructor(db: Sqlite, hasSegments: boolean, tables: ReadonlySet<TableName>) {
    const extra = hasSegments ? 'segment, keyframe' : '1 AS segment, 0 AS keyframe';
    const batches = prepared(
      db,
      `SELECT id, at_ms AS atMs, rows, previous, sha256, ${extra} FROM batch ORDER BY id`,
    );
    this.rows = new RowCursors(db, tables);
    this.#batches = batches.iterate() as IterableIterator<BatchRow>;
  }

  next(): void {
    this.batch = this.#batches.next().value ?? null;
  }

  close(): void {
    this.#batches.return?.();
    this.rows.close();
  }
}
