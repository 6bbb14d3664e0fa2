import type Database from 'better-sqlite3';
import { IdleproofError } from '../errors.ts';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import {
  type BatchHead,
  digestBatch,
  digestOpening,
  digestSegment,
  KEYFRAME,
  type Keyframe,
  type SegmentOpening,
} from './chain.ts';
import { type ChainEnd, FIRST_CHAIN_END } from './segments.ts';
import { columnsOf, TABLE_NAMES, type Row, type TableName } from './tables.ts';

/** A batch without its rows: id, time, number of rows, digest before it, its own, segment, kind of keyframe. */
export const INSERT_BATCH =
  'INSERT INTO batch (id, at_ms, rows, previous, sha256, segment, keyframe) VALUES (?, ?, ?, ?, ?, ?, ?)';

/**
 * Writes batches and segments into an open file. A change is one transaction; the chain's end moves on only when it is
 * committed, so that after an error (a full disk) the same rows can be written again.
 */
export class ChainWriter {
  readonly #path: string;
  readonly #db: Sqlite;
  readonly #inserts: Readonly<Record<TableName, Database.Statement>>;
  readonly #insertBatch: Database.Statement;
  readonly #insertSegment: Database.Statement;
  readonly #closeSegment: Database.Statement;
  #end: ChainEnd;

  constructor(path: string, db: Sqlite, end: ChainEnd = FIRST_CHAIN_END) {
    this.#path = path;
    this.#db = db;
    this.#end = end;
    this.#inserts = Object.fromEntries(
      TABLE_NAMES.map((table) => [table, prepared(db, insertSql(table))]),
    ) as Record<TableName, Database.Statement>;
    this.#insertBatch = prepared(db, INSERT_BATCH);
    this.#insertSegment = prepared(
      db,
      "INSERT INTO segment (id, from_ms, first_batch, previous, state) VALUES (?, ?, ?, ?, 'open')",
    );
    this.#closeSegment = prepared(
      db,
      "UPDATE segment SET to_ms = ?, batches = ?, rows = ?, head = ?, sha256 = ?, state = 'whole' WHERE id = ?",
    );
  }

  get end(): ChainEnd {
    return this.#end;
  }

  /** Appends one batch, in a new segment where none is open. */
  append(atMs: number, rows: readonly Row[], keyframe: Keyframe): void {
    this.#commit((end) => this.#addBatch(end, atMs, rows, keyframe));
  }

  /** Closes the open segment and begins the next with a keyframe. */
  rotate(nowMs: number, keyframe: readonly Row[]): void {
    this.#commit((end) => {
      const closed = this.#close(end, nowMs);
      return keyframe.length === 0 ? closed : this.#addBatch(closed, nowMs, keyframe, KEYFRAME);
    });
  }

  #commit(change: (end: ChainEnd) => ChainEnd): void {
    guarded(this.#path, () => {
      this.#end = this.#db.transaction(() => change(this.#end))();
    });
  }

  #addBatch(before: ChainEnd, atMs: number, rows: readonly Row[], keyframe: Keyframe): ChainEnd {
    const end = before.segment === null ? this.#open(before, atMs) : before;
    const batch: BatchHead = { id: end.lastBatch + 1, atMs, keyframe };
    const digest = digestBatch(end.head, batch, rows);
    for (const row of rows) this.#inserts[row.table].run(batch.id, ...row.values);
    const segment = end.segment?.id ?? 1;
    this.#insertBatch.run(batch.id, atMs, rows.length, end.head, digest, segment, keyframe);
    return {
      ...end,
      head: digest,
      lastBatch: batch.id,
      lastMs: atMs,
      rows: end.rows + rows.length,
      segmentBatches: end.segmentBatches + 1,
      segmentRows: end.segmentRows + rows.length,
    };
  }

  #open(end: ChainEnd, fromMs: number): ChainEnd {
    const { previous } = end;
    const segment: SegmentOpening = { id: end.segments + 1, fromMs, firstBatch: end.lastBatch + 1, previous };
    this.#insertSegment.run(segment.id, fromMs, segment.firstBatch, previous);
    return {
      ...end,
      segment,
      segments: segment.id,
      head: digestOpening(segment),
      segmentBatches: 0,
      segmentRows: 0,
    };
  }

  #close(end: ChainEnd, toMs: number): ChainEnd {
    const { segment, segmentBatches: batches, segmentRows: rows, head } = end;
    if (segment === null) return end;
    const sha256 = digestSegment({ ...segment, toMs, batches, rows, head });
    this.#closeSegment.run(toMs, batches, rows, head, sha256, segment.id);
    return { ...end, segment: null, previous: sha256, segmentBatches: 0, segmentRows: 0 };
  }
}

function insertSql(table: TableName): string {
  const places = Array.from({ length: columnsOf(table).length + 1 }, () => '?');
  return `INSERT INTO ${table} VALUES (${places.join(', ')})`;
}

/** Runs a write; what fails in it is an error of the user's disk. */
export function guarded<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof IdleproofError) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new IdleproofError('EVIDENCE_WRITE', { path, problem }, error);
  }
}
