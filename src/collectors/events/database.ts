import { readFileSync } from 'node:fs';
import { pause } from '../../os/pause.ts';
import { openSqlite, type Sqlite } from '../../os/sqlite.ts';
import { describeProblem, FileProblem } from '../file-problems.ts';
import { type FileState, readFileState } from './file-state.ts';
import type { LogIndex } from './log-index.ts';
import { copiedPages, FilePages, type Pages } from './pages.ts';

export type Connection = Sqlite;

/** `copy`: nobody waits for us, so a long read (all types of a large table) does no harm. */
export type ReadMode = 'copy' | 'wal' | 'shared-lock';

export interface OpenDatabase {
  connection: Connection;
  mode: ReadMode;
  /** As of the same commit; see DatabaseReading. */
  pages: Pages;
}

export interface DatabaseReading<T> {
  result: T;
  mode: ReadMode;
  state: FileState;
  /** The pages that were read are those of the rows that were read. */
  isConsistent: boolean;
}

/** Somebody was writing each time that we tried: nothing was read, and nothing is lost by coming back. */
export class Unsettled extends FileProblem {}

const OPTIONS = { readonly: true, fileMustExist: true, timeout: 20 } as const;
/** Copying that much takes some 10 ms; only done after a change. */
export const COPIED_BYTES: number = 8 * 1024 * 1024;
const ATTEMPTS = 5;
const WAIT_MS = 3;

/**
 * Reads a database that another process may be writing, and does not make that process wait or fail.
 *
 * - With a write-ahead log in use: a short read transaction, which blocks no writer. The connection is closed again:
 *   a reader that stays keeps the app from tidying its log away when it closes, and leaves -wal and -shm behind.
 * - Otherwise (rollback journal, or a log without content) a SHARED lock would make a writer without busy timeout
 *   fail at its commit. So no lock is taken: the file is copied into memory, and the copy counts only if no journal
 *   was there, and neither change counter, size nor time stamp moved, from before to after; else it is tried again.
 * - Larger than a copy should be, or `patient` because copying has failed for a while (a transaction is held open): a
 *   short read under a SHARED lock, begun while nobody is seen to write. It also tells a writer that lets others read
 *   from an exclusive lock and from a hot journal.
 *
 * @param index of its write-ahead log, kept from the reading before; null: no pages are to be read
 */
export function readDatabase<T>(
  path: string,
  patient: boolean,
  read: (opened: OpenDatabase) => T,
  index: LogIndex | null = null,
): DatabaseReading<T> {
  const underLock = (mode: ReadMode, state: FileState): DatabaseReading<T> => {
    const pages = new FilePages(path, mode === 'wal' ? index : null);
    try {
      pages.follow();
      const result = withConnection(openSqlite(path, OPTIONS), (connection) =>
        read({ connection, mode, pages }),
      );
      return { mode, state, result, isConsistent: pages.isStillNewest() };
    } catch (error) {
      const isBusy = (error as { code?: string }).code === 'SQLITE_BUSY';
      throw isBusy ? new Unsettled(describeProblem(error, path).message) : error;
    } finally {
      pages.close();
    }
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) pause(WAIT_MS);
    const state = readFileState(path);
    if (state.walInUse) {
      const reading = underLock('wal', state);
      if (reading.isConsistent || index?.isBehind === true || attempt > 0) return reading;
      continue;
    }
    if (state.journalHot) continue;
    if (state.sizeBytes > COPIED_BYTES) return underLock('shared-lock', state);
    const copy = copySettled(path, state);
    if (copy === null) continue;
    const pages = copiedPages(copy);
    const result = withConnection(openSqlite(copy, { readonly: true }), (connection) =>
      read({ connection, mode: 'copy', pages }),
    );
    return { mode: 'copy', state, result, isConsistent: true };
  }
  if (patient) return underLock('shared-lock', readFileState(path));
  throw new Unsettled(`${path} is being written by a transaction that has not ended`);
}

/** The whole file; null where it changed meanwhile. */
function copySettled(path: string, before: FileState): Buffer | null {
  const copy = readFileSync(path);
  const after = readFileState(path);
  if (after.signature !== before.signature || after.journalHot || after.walInUse) return null;
  // A database in memory knows no write-ahead log: sqlite.org/c3ref/deserialize.html, "file format version numbers".
  copy.fill(1, 18, 20);
  return copy;
}

function withConnection<T>(connection: Connection, read: (connection: Connection) => T): T {
  try {
    // The file comes from a watched app: its schema may not call functions, its cells are checked before use.
    connection.exec('PRAGMA query_only = 1; PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1; BEGIN');
    return read(connection);
  } finally {
    connection.close();
  }
}
