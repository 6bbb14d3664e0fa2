import { closeSync, openSync } from 'node:fs';
import { openSqlite, type Sqlite, prepared } from '../os/sqlite.ts';
import { IdleproofError } from '../errors.ts';
import { setAside } from '../os/set-aside.ts';
import { packCounters } from './counter-deltas.ts';
import { packSamples, unpackedCount } from './sample-blocks.ts';
import { asStored, KEYFRAME, type Keyframe, NO_KEYFRAME, RUN_BEGINS } from './chain.ts';
import { KeyframeSpacing } from './keyframe-spacing.ts';
import { migrate } from './migrations.ts';
import { readStanding } from './read-standing.ts';
import { type Retention, type Retained, retain, shrink } from './retention.ts';
import { type ChainEnd, readChainEnd } from './segments.ts';
import { whyUnusable } from './soundness.ts';
import type { Standing } from './standing.ts';
import { documentRow } from './rows.ts';
import { type Row, TABLE_NAMES } from './tables.ts';
import { ChainWriter, guarded } from './writing.ts';

export interface ChainHead {
  chainHead: string;
  /** Of the whole chain, with those that retention has dropped. */
  rows: number;
}

/** A store that goes on for days. */
export interface OpenedStore {
  store: EvidenceStore;
  /** Whether there were batches before. */
  isContinued: boolean;
  /** The file that could not be used any more, under its new name, and why; null: there was none. */
  setAside: { path: string; reason: string } | null;
}

/** Pages that the writer keeps in memory: it needs the last one of each table, and a larger cache would fill within days. */
const CACHE_KIB = 512;

/**
 * Writes evidence in batches. A batch is one transaction: after a crash it is there whole, or not at all. Committed rows
 * are never changed; retention drops the rows of whole segments.
 */
export class EvidenceStore {
  readonly path: string;
  readonly #db: Sqlite;
  readonly #writer: ChainWriter;
  /** null: one run, which is read as a whole. */
  readonly #standing: Standing | null;
  readonly #spacing: KeyframeSpacing = new KeyframeSpacing();
  #unpackedSegmentRows: number;

  private constructor(path: string, db: Sqlite, writer: ChainWriter, standing: Standing | null) {
    this.path = path;
    this.#db = db;
    this.#writer = writer;
    this.#standing = standing;
    this.#unpackedSegmentRows = unpackedRowsOf(db, writer.end);
  }

  /** Creates a new evidence file for one run, in one segment, at `path`, which must not exist. */
  static create(path: string): EvidenceStore {
    return guarded(path, () => {
      // O_EXCL: an evidence file is never written over.
      closeSync(openSync(path, 'wx', 0o600));
      const db = openSqlite(path);
      makeReady(db, path);
      return new EvidenceStore(path, db, new ChainWriter(path, db), null);
    });
  }

  /**
   * Opens a store for a run of days, or creates it: goes on after the last committed batch. A file that cannot be used
   * (damaged, foreign, of an earlier layout) is set aside under a name with the time. Throws EVIDENCE_NEWER, and EVIDENCE_WRITE where it may not be opened or written.
   */
  static open(path: string): OpenedStore {
    return guarded(path, () => {
      const reason = whyUnusable(path);
      const aside = reason === null ? null : { path: setAside(path, endsWithTime(new Date())), reason };
      closeSync(openSync(path, 'a', 0o600));
      const db = openSqlite(path);
      // Before the first table: it cannot be turned on later.
      db.pragma('auto_vacuum = INCREMENTAL');
      makeReady(db, path);
      const end = readChainEnd(db, true);
      const standing = readStanding(db, new Set(TABLE_NAMES));
      const store = new EvidenceStore(path, db, new ChainWriter(path, db, end), standing);
      return { store, isContinued: end.lastBatch > 0, setAside: aside };
    });
  }

  /** Appends rows as one batch; no rows, no batch. */
  append(atMs: number, rows: readonly Row[]): void {
    if (rows.length === 0) return;
    const whole = rows.map(asStored);
    const standing = this.#standing;
    const startsRun = whole.some(({ table, values }) => table === 'document' && values[0] === 'run');
    const isKeyframe = startsRun && standing !== null;
    const isPacked = !startsRun && standing !== null;
    const packed = isPacked ? packCounters(whole, (scope) => standing.lastCounters(scope)) : whole;
    this.#write(atMs, packSamples(packed), isKeyframe ? RUN_BEGINS : NO_KEYFRAME);
    standing?.take(whole);
    this.#repeatWhatStands(atMs);
  }

  /** Closes the open segment and begins the next one, which can be read without the one before. */
  rotate(nowMs: number): void {
    const rows = packSamples(this.#standing?.rows() ?? []);
    this.#writer.rotate(nowMs, rows);
    this.#unpackedSegmentRows = unpackedCount(rows);
    this.#spacing.begin();
  }

  /** When the open segment began; null: nothing is written in it yet. */
  get segmentFromMs(): number | null {
    return this.#writer.end.segment?.fromMs ?? null;
  }

  /** The time of the last batch: nothing that is added to its run is older. 0: there is none. */
  get lastMs(): number {
    return this.#writer.end.lastMs;
  }

  /** Rows of the open segment so far, as if each sample were one: to thin it takes as long as it has samples, in however few rows. */
  get unpackedSegmentRows(): number {
    return this.#unpackedSegmentRows;
  }

  /** Thins and drops old segments, and writes down which. `shrink` then gives the space back. */
  retain(nowMs: number, retention: Retention): Retained {
    return guarded(this.path, () => {
      const append = (body: object): void => this.append(nowMs, [documentRow('retention', body)]);
      return retain(this.#db, nowMs, retention, append);
    });
  }

  /** Segments so far, those that were dropped too. */
  get segments(): number {
    return this.#writer.end.segments;
  }

  /**
   * Makes the file smaller by what is free in it, by so many bytes at most; returns how many are still free. To be called in small
   * steps between looks.
   */
  shrink(maxBytes: number): number {
    return guarded(this.path, () => shrink(this.#db, maxBytes));
  }

  head(): ChainHead {
    const { head, rows } = this.#writer.end;
    return { chainHead: head, rows };
  }

  /** Ends the open segment, folds the write-ahead log into the file, so that it can be copied as one file, and closes it. */
  close(): void {
    guarded(this.path, () => {
      this.#writer.rotate(this.#writer.end.lastMs, []);
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
      this.#leaveOneFile();
      this.#db.close();
    });
  }

  /** Without its journal a file can be read from a folder that nobody may write in. */
  #leaveOneFile(): void {
    try {
      this.#db.pragma('journal_mode = DELETE');
    } catch (error) {
      // Of a store of many windows somebody may be reading just now.
      if (this.#standing === null) throw error;
    }
  }

  /** Appends rows as they are stored. */
  #write(atMs: number, rows: readonly Row[], keyframe: Keyframe): void {
    this.#writer.append(atMs, rows, keyframe);
    this.#unpackedSegmentRows += unpackedCount(rows);
    if (keyframe === NO_KEYFRAME) this.#spacing.wrote(rows);
    else this.#spacing.begin();
  }

  #repeatWhatStands(atMs: number): void {
    if (this.#standing === null || !this.#spacing.isDue) return;
    const rows = packSamples(this.#standing.rows());
    if (!this.#spacing.takes(rows)) return;
    try {
      this.#write(atMs, rows, KEYFRAME);
    } catch (error) {
      // What was to be appended is committed; the next one tries again.
      if (!(error instanceof IdleproofError)) throw error;
    }
  }
}

/** Ends of the names of what is set aside: the UTC time; from the second on of a second a number, too. */
function endsWithTime(at: Date): (nth: number) => string {
  const stamp = at.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  return (nth) => (nth === 1 ? `.${stamp}` : `.${stamp}-${nth}`);
}

/** Of the segment that is open in a file. */
function unpackedRowsOf(db: Sqlite, { segment, segmentRows }: ChainEnd): number {
  if (segment === null) return 0;
  const inBlocks = prepared(
    db,
    'SELECT coalesce(sum(samples - 1), 0) FROM sample_block WHERE batch >= ?',
  ).pluck();
  return segmentRows + (inBlocks.get(segment.firstBatch) as number);
}

/**
 * With a write-ahead log, a committed batch is in the kernel's hands: it survives the death of the process. NORMAL waits for
 * the disk only when the log is folded into the file: a power cut can cost the last batches, which the head in the log or in
 * a proof then shows, but the log's checksums keep what is left whole.
 */
function makeReady(db: Sqlite, path: string): void {
  db.pragma(`cache_size = -${CACHE_KIB}`);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  migrate(db, path);
}
