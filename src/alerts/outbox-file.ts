import { chmodSync, existsSync, renameSync } from 'node:fs';
import { IdleproofError } from '../errors.ts';
import { openSqlite, type Sqlite } from '../os/sqlite.ts';
import { DamagedOutbox, migrateOutbox } from './outbox-tables.ts';

/** What SQLite says of a file that is none of its own, or a broken one. */
const DAMAGED: ReadonlySet<string> = new Set(['SQLITE_NOTADB', 'SQLITE_CORRUPT']);

/**
 * Opens an outbox, or begins one. A damaged one is set aside: what was to be sent is lost, what comes is not.
 * @returns where the damaged one is now; null where there was none
 */
export function openOutboxFile(path: string): { db: Sqlite; setAside: string | null } {
  try {
    return { db: open(path), setAside: null };
  } catch (error) {
    if (!isDamaged(error)) throw outboxError(path, error);
  }
  try {
    const setAside = setAsideAs(path);
    return { db: open(path), setAside };
  } catch (error) {
    throw outboxError(path, error);
  }
}

/** OUTBOX_WRITE for whatever went wrong with the file of the outbox. */
export function outboxError(path: string, error: unknown): IdleproofError {
  const problem = error instanceof Error ? error.message : String(error);
  return new IdleproofError('OUTBOX_WRITE', { path, problem }, error);
}

function open(path: string): Sqlite {
  const db = openSqlite(path, { timeout: 5_000 });
  try {
    chmodSync(path, 0o600);
    db.pragma('journal_mode = WAL');
    // Few rows, each of which has to survive a power cut.
    db.pragma('synchronous = FULL');
    migrateOutbox(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function isDamaged(error: unknown): boolean {
  const { code } = error as { code?: string };
  return error instanceof DamagedOutbox || (code !== undefined && DAMAGED.has(code));
}

/** With its write-ahead log, which belongs to it and to no other. */
function setAsideAs(path: string): string {
  let number = 1;
  while (existsSync(`${path}.damaged-${number}`)) number += 1;
  const aside = `${path}.damaged-${number}`;
  for (const end of ['-wal', '-shm', '']) {
    if (existsSync(`${path}${end}`)) renameSync(`${path}${end}`, `${aside}${end}`);
  }
  return aside;
}
