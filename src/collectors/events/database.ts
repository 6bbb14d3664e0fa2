import { pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { type FileState, readFileState } from './file-state.ts';
import { EventsProblem } from './problem.ts';

export type Connection = Database.Database;

/** `unlocked`: nobody can wait for us, so a long read (all types of a large table) does no harm. */
export type ReadMode = 'unlocked' | 'wal' | 'shared-lock';

export interface DatabaseReading<T> {
  result: T;
  state: FileState;
}

/** A transaction was being written each time that we tried: nothing was read, and nothing is lost by coming back. */
export class Unsettled extends EventsProblem {}

const BUSY_TIMEOUT_MS = 20;
const ATTEMPTS = 5;
const WAIT_MS = 3;

/**
 * Reads a database that another process may be writing, and never makes that process wait or fail.
 *
 * - With a write-ahead log in use: a short read transaction, which blocks no writer. The connection is closed again:
 *   a reader that stays keeps the app from tidying its log away when it closes, and leaves -wal and -shm behind.
 * - Otherwise (rollback journal, or a log without content) a SHARED lock would make a writer without busy timeout
 *   fail at its commit. So no lock is taken: the file is read as immutable, and the result counts only if no journal
 *   was there, and neither change counter, size nor time stamp moved, from before to after; else it is tried again.
 * - `patient`: that has failed for a while (a transaction is held open). A read under a SHARED lock then tells whether
 *   it is a writer that lets others read, an exclusive lock, or a hot journal; a commit in that moment is unlikely.
 */
export function readDatabase<T>(
  path: string,
  patient: boolean,
  read: (connection: Connection, mode: ReadMode) => T,
): DatabaseReading<T> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (attempt > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
    const before = readFileState(path);
    if (before.walInUse) {
      return { state: before, result: withConnection(path, (connection) => read(connection, 'wal')) };
    }
    if (before.journalHot) continue;
    const result = attemptUnlocked(path, before, (connection) => read(connection, 'unlocked'));
    if (result !== null) return { state: before, result: result.value };
  }
  if (!patient) throw new Unsettled(`${path} is being written by a transaction that has not ended`);
  const state = readFileState(path);
  return { state, result: withConnection(path, (connection) => read(connection, 'shared-lock')) };
}

/** Null where the file changed while it was read; what was read then is thrown away, errors included. */
function attemptUnlocked<T>(
  path: string,
  before: FileState,
  read: (connection: Connection) => T,
): { value: T } | null {
  const isSettled = (): boolean => {
    const after = readFileState(path);
    return after.signature === before.signature && !after.journalHot;
  };
  try {
    const value = withConnection(`${pathToFileURL(path).href}?immutable=1`, read);
    return isSettled() ? { value } : null;
  } catch (error) {
    if (isSettled()) throw error;
    return null;
  }
}

function withConnection<T>(location: string, read: (connection: Connection) => T): T {
  const connection = new Database(location, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  try {
    // The file comes from a watched app: its schema may not call functions, its cells are checked before use.
    connection.exec('PRAGMA query_only = 1; PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1; BEGIN');
    return read(connection);
  } finally {
    connection.close();
  }
}
