import { type Sqlite, prepared } from '../os/sqlite.ts';
import { APPLICATION_ID, LAYOUT, refuseNewer } from './migrations.ts';
import { readRows } from './batch-rows.ts';
import { type BatchHead, digestBatch } from './chain.ts';

/**
 * Why an evidence file cannot be written on; null where it can, or is still empty. Looks at its structure and at its last
 * batch; whether all of it is unchanged is what `verify` tells. Throws for a file of a newer idleproof, and what SQLite says.
 */
export function whyUnusable(db: Sqlite, path: string): string | null {
  const { tables } = prepared(db, 'SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
  const application = Number(db.pragma('application_id', { simple: true }));
  if (tables === 0 && application === 0) return null;
  if (application !== APPLICATION_ID) return 'it is not an evidence file';
  const layout = refuseNewer(db, path);
  if (layout < LAYOUT) return `an earlier idleproof wrote it (layout ${layout})`;
  const check = db.pragma('quick_check(1)', { simple: true });
  if (check !== 'ok') return `it is damaged: ${String(check)}`;
  return damageOfLastBatch(db);
}

function damageOfLastBatch(db: Sqlite): string | null {
  const last = prepared(
    db,
    'SELECT id, at_ms AS atMs, keyframe, previous, sha256 FROM batch ORDER BY id DESC LIMIT 1',
  ).get() as (BatchHead & { previous: string; sha256: string }) | undefined;
  if (last === undefined) return null;
  const rows = readRows(db, last.id, last.id);
  const digest = digestBatch(last.previous, last, rows);
  return digest === last.sha256 ? null : `its last batch, ${last.id}, is damaged`;
}

const DAMAGED: ReadonlySet<string> = new Set(['SQLITE_NOTADB', 'SQLITE_CORRUPT', 'SQLITE_CORRUPT_VTAB']);

/** Whether SQLite says that a file was never a database, or does not begin as one. */
export const isNoDatabase = (error: Error): boolean => (error as { code?: unknown }).code === 'SQLITE_NOTADB';

/** Whether SQLite says that a file is no database, or a broken one; no space, no right and a lock are something else. */
export function isDamage(error: unknown): error is Error {
  const { code } = error as { code?: unknown };
  return (
    error instanceof Error &&
    typeof code === 'string' &&
    (DAMAGED.has(code) || code.startsWith('SQLITE_CORRUPT'))
  );
}
