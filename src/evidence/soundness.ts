import { IdleproofError } from '../errors.ts';
import { isDamage, openSqlite, type Sqlite, prepared } from '../os/sqlite.ts';
import { APPLICATION_ID, refuseNewer, SEGMENTED_LAYOUT, tablesOf } from './migrations.ts';
import { readRows } from './batch-rows.ts';
import { type BatchHead, digestBatch } from './chain.ts';
import { DamagedRows } from './damaged-rows.ts';
import { readStanding } from './read-standing.ts';
import type { TableName } from './tables.ts';

/**
 * Why the evidence file at `path` cannot be written on; null where it can, or is still empty, or is not there. Looks at its structure, at its
 * last batch and at what is read to go on; whether all of it is unchanged is what `verify` tells. Throws for a file of a newer idleproof, and
 * what SQLite says.
 */
export function whyUnusable(path: string): string | null {
  let db: Sqlite;
  try {
    db = openSqlite(path, { fileMustExist: true });
  } catch (error) {
    if (isDamage(error)) return error.message;
    return null;
  }
  try {
    return problemOf(db, path);
  } catch (error) {
    if (isDamage(error) || isOfTwoLayouts(error)) return error.message;
    throw error;
  } finally {
    db.close();
  }
}

/** Its header and its tables tell different ones, see refuseNewer. */
const isOfTwoLayouts = (error: unknown): error is IdleproofError =>
  error instanceof IdleproofError && error.code === 'EVIDENCE_DAMAGED';

function problemOf(db: Sqlite, path: string): string | null {
  const { objects } = prepared(db, 'SELECT count(*) AS objects FROM sqlite_schema').get() as {
    objects: number;
  };
  const application = Number(db.pragma('application_id', { simple: true }));
  if (objects === 0 && application === 0) return null;
  if (application !== APPLICATION_ID) return 'it is not an evidence file';
  const layout = refuseNewer(db, path);
  // Since there are segments, what came later are further tables.
  if (layout < SEGMENTED_LAYOUT) return `an earlier idleproof wrote it (layout ${layout})`;
  const check = db.pragma('quick_check(1)', { simple: true });
  if (check !== 'ok') return `it is damaged: ${String(check)}`;
  const tables = tablesOf(layout);
  return damageOfEnd(db, tables);
}

/** Whether its last batch is whole, and what is read to go on can be read. */
function damageOfEnd(db: Sqlite, tables: ReadonlySet<TableName>): string | null {
  try {
    const damage = damageOfLastBatch(db, tables);
    if (damage === null) readStanding(db, tables);
    return damage;
  } catch (error) {
    if (!(error instanceof DamagedRows)) throw error;
    return `it is damaged: ${error.message}`;
  }
}

function damageOfLastBatch(db: Sqlite, tables: ReadonlySet<TableName>): string | null {
  const last = prepared(
    db,
    'SELECT id, at_ms AS atMs, keyframe, previous, sha256 FROM batch ORDER BY id DESC LIMIT 1',
  ).get() as (BatchHead & { previous: string; sha256: string }) | undefined;
  if (last === undefined) return null;
  const rows = readRows(db, tables, { fromBatch: last.id, toBatch: last.id });
  const digest = digestBatch(last.previous, last, rows);
  return digest === last.sha256 ? null : `its last batch, ${last.id}, is damaged`;
}
