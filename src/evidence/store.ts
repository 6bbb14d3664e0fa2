import { closeSync, openSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { IdleproofError } from '../errors.ts';
import { openSqlite, type Sqlite } from '../os/sqlite.ts';
import { CHAIN_START, digestBatch } from './chain.ts';
import { migrate } from './migrations.ts';
import { columnsOf, TABLE_NAMES, type Row, type TableName } from './tables.ts';

export interface ChainHead {
  chainHead: string;
  rows: number;
}

/** Writes the evidence of one run. A batch is one transaction: after a crash it is there whole, or not at all. */
export class EvidenceStore {
  readonly path: string;
  readonly #db: Sqlite;
  readonly #inserts: Readonly<Record<TableName, Database.Statement>>;
  readonly #insertBatch: Database.Statement;
  #head: string = CHAIN_START;
  #batches = 0;
  #rows = 0;

  private constructor(path: string, db: Sqlite) {
    this.path = path;
    this.#db = db;
    this.#inserts = Object.fromEntries(
      TABLE_NAMES.map((table) => [table, db.prepare(insertSql(table))]),
    ) as Record<TableName, Database.Statement>;
    this.#insertBatch = db.prepare('INSERT INTO batch VALUES (?, ?, ?, ?, ?)');
  }

  /** Creates a new evidence file at `path`, which must not exist. */
  static create(path: string): EvidenceStore {
    return guarded(path, () => {
      // O_EXCL: an evidence file is never written over.
      closeSync(openSync(path, 'wx', 0o600));
      const db = openSqlite(path);
      db.pragma('journal_mode = WAL');
      // A batch survives the death of the process; a power cut can cost the last ones, which the chain then shows.
      db.pragma('synchronous = NORMAL');
      migrate(db, path);
      return new EvidenceStore(path, db);
    });
  }

  /** Appends rows as one batch; no rows, no batch. */
  append(atMs: number, rows: readonly Row[]): void {
    if (rows.length === 0) return;
    const id = this.#batches + 1;
    const digest = digestBatch(this.#head, id, atMs, rows);
    guarded(this.path, () => {
      this.#db.transaction(() => {
        for (const row of rows) this.#inserts[row.table].run(id, ...row.values);
        this.#insertBatch.run(id, atMs, rows.length, this.#head, digest);
      })();
    });
    this.#head = digest;
    this.#batches = id;
    this.#rows += rows.length;
  }

  head(): ChainHead {
    return { chainHead: this.#head, rows: this.#rows };
  }

  /** Folds the write-ahead log into the file, so that it can be copied as one file, and closes it. */
  close(): void {
    guarded(this.path, () => {
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
      this.#db.pragma('journal_mode = DELETE');
      this.#db.close();
    });
  }
}

function insertSql(table: TableName): string {
  const places = Array.from({ length: columnsOf(table).length + 1 }, () => '?');
  return `INSERT INTO ${table} VALUES (${places.join(', ')})`;
}

function guarded<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof IdleproofError) throw error;
    const problem = error instanceof Error ? error.message : String(error);
    throw new IdleproofError('EVIDENCE_WRITE', { path, problem }, error);
  }
}
