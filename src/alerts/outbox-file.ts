import { chmodSync } from 'node:fs';
import { IdleproofError } from '../errors.ts';
import { setAside } from '../os/set-aside.ts';
import { isDamage, openSqlite, type Sqlite } from '../os/sqlite.ts';
import { DamagedOutbox, migrateOutbox } from './outbox-tables.ts';

/**
 * Opens an outbox, or begins one. A damaged one is set aside: what was to be sent is lost, what comes is not.
 * @returns where the damaged one is now; null where there was none
 */
export function openOutboxFile(path: string): { db: Sqlite; setAside: string | null } {
  try {
    return { db: open(path), setAside: null };
  } catch (error) {
    if (!(error instanceof DamagedOutbox || isDamage(error))) throw outboxError(path, error);
  }
  try {
    const aside = setAside(path, (nth) => `.damaged-${nth}`);
    return { db: open(path), setAside: aside };
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
