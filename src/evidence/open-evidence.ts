import { statSync } from 'node:fs';
import { IdleproofError } from '../errors.ts';
import { openSqlite, type Sqlite } from '../os/sqlite.ts';
import { APPLICATION_ID, refuseNewer, SEGMENTED_LAYOUT, tablesOf } from './migrations.ts';
import type { TableName } from './tables.ts';

/** An evidence file to be read, as the idleproof that wrote it laid it out. */
export interface OpenEvidence {
  db: Sqlite;
  layout: { tables: ReadonlySet<TableName>; hasSegments: boolean };
}

/** Opens an evidence file for reading, also one that is being written. Throws EVIDENCE_READ, EVIDENCE_NEWER. */
export function openEvidence(path: string): OpenEvidence {
  const db = open(path);
  try {
    const version = refuseNewer(db, path);
    return { db, layout: { tables: tablesOf(version), hasSegments: version >= SEGMENTED_LAYOUT } };
  } catch (error) {
    db.close();
    throw error;
  }
}

function open(path: string): Sqlite {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true)
    throw new IdleproofError('EVIDENCE_READ', { path, problem: 'it is a folder' });
  try {
    const db = openSqlite(path, { readonly: true, fileMustExist: true });
    if (db.pragma('application_id', { simple: true }) === APPLICATION_ID) return db;
    db.close();
  } catch (error) {
    if (error instanceof IdleproofError) throw error;
    throw new IdleproofError('EVIDENCE_READ', { path, problem: (error as Error).message }, error);
  }
  throw new IdleproofError('EVIDENCE_READ', { path, problem: 'it is not an evidence file' });
}
