import { IdleproofError } from '../errors.ts';
import { prepared, type Sqlite } from '../os/sqlite.ts';
import { TABLES, type TableName } from './tables.ts';

/** SQLite's application_id of an evidence file: «IDLE» in ASCII. */
export const APPLICATION_ID = 0x49444c45;

const FIRST_TABLES: readonly TableName[] = [
  'document',
  'process',
  'look',
  'sample',
  'activity',
  'counter',
  'gap',
  'disturbance',
];

const MIGRATIONS: readonly ((db: Sqlite) => void)[] = [
  (db) => {
    db.exec(
      'CREATE TABLE batch (id INTEGER PRIMARY KEY, at_ms REAL NOT NULL, rows INTEGER NOT NULL, previous TEXT NOT NULL, sha256 TEXT NOT NULL) STRICT',
    );
    for (const name of FIRST_TABLES) createTable(db, name);
  },
  (db) => createTable(db, 'wake'),
  (db) => {
    db.exec(SEGMENTS);
    db.exec('ALTER TABLE batch ADD COLUMN segment INTEGER NOT NULL DEFAULT 1');
    db.exec('ALTER TABLE batch ADD COLUMN keyframe INTEGER NOT NULL DEFAULT 0');
    // Late rows carry times from before their batch; everything else is found by its batch, see batch-rows.ts.
    db.exec('CREATE INDEX activity_at ON activity (at_ms)');
    db.exec('CREATE INDEX process_id ON process (id)');
    db.exec('CREATE INDEX batch_keyframe ON batch (id, at_ms, keyframe) WHERE keyframe > 0');
    db.exec("CREATE INDEX document_window ON document (kind) WHERE kind = 'window'");
  },
  (db) => createTable(db, 'sample_block'),
];

/** The first layout that has segments and keyframes. */
export const SEGMENTED_LAYOUT = 3;

/** A header stays when the rows of its segment are dropped; what it says of a closed segment is in its `sha256`. */
const SEGMENTS = `CREATE TABLE segment (
  id INTEGER PRIMARY KEY, from_ms REAL NOT NULL, to_ms REAL, first_batch INTEGER NOT NULL, batches INTEGER, rows INTEGER,
  previous TEXT NOT NULL, head TEXT, sha256 TEXT, state TEXT NOT NULL, thinned_head TEXT
) STRICT`;

function createTable(db: Sqlite, name: TableName): void {
  const columns = Object.entries(TABLES[name]).map(([column, type]) => `${column} ${type}`);
  db.exec(`CREATE TABLE ${name} (batch INTEGER NOT NULL, ${columns.join(', ')}) STRICT`);
}

/** The tables that a file of a layout has; read-only files keep the layout that they were written with. */
export function tablesOf(version: number): ReadonlySet<TableName> {
  return new Set<TableName>([
    ...FIRST_TABLES,
    ...(version >= 2 ? (['wake'] as const) : []),
    ...(version >= 4 ? (['sample_block'] as const) : []),
  ]);
}

/** The layout that this version writes. */
export const LAYOUT: number = MIGRATIONS.length;

/**
 * Returns the number of a file's layout. Throws when a newer idleproof wrote this file, and EVIDENCE_DAMAGED where its header tells another
 * layout than its tables.
 */
export function refuseNewer(db: Sqlite, path: string): number {
  const version = Number(db.pragma('user_version', { simple: true }));
  const shown = layoutShown(db);
  // A layout that is not known yet has other tables.
  if (shown !== null && version !== shown && (version <= MIGRATIONS.length || isOneBit(version ^ shown))) {
    const problem = `its header tells of layout ${version}, and its tables of layout ${shown}`;
    throw new IdleproofError('EVIDENCE_DAMAGED', { path, problem });
  }
  if (version > MIGRATIONS.length) throw new IdleproofError('EVIDENCE_NEWER', { path, version });
  return version;
}

/** The layout whose tables, and no others, a file has; null: none that is known. */
function layoutShown(db: Sqlite): number | null {
  const rows = prepared(db, "SELECT name FROM sqlite_schema WHERE type = 'table'").all() as {
    name: string;
  }[];
  const found = rows.map(({ name }) => name).filter((name) => !name.startsWith('sqlite_'));
  for (let layout = MIGRATIONS.length; layout > 0; layout -= 1) {
    const names = new Set(['batch', ...tablesOf(layout), ...(layout >= SEGMENTED_LAYOUT ? ['segment'] : [])]);
    if (found.length === names.size && found.every((name) => names.has(name))) return layout;
  }
  return null;
}

const isOneBit = (bits: number): boolean => bits !== 0 && (bits & (bits - 1)) === 0;

/** Brings an evidence file to today's layout, in one transaction. A file of a newer idleproof is refused. */
export function migrate(db: Sqlite, path: string): void {
  const version = refuseNewer(db, path);
  if (version === MIGRATIONS.length) return;
  db.transaction(() => {
    for (const step of MIGRATIONS.slice(version)) step(db);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
  })();
}
