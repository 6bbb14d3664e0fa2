import type { Sqlite } from '../os/sqlite.ts';

/** SQLite's application_id of an outbox: «IDLO» in ASCII. */
const APPLICATION_ID = 0x49444c4f;

const MIGRATIONS: readonly ((db: Sqlite) => void)[] = [
  (db) =>
    db.exec(`
      CREATE TABLE alert (
        id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, status TEXT NOT NULL, enqueued_ms REAL NOT NULL,
        batch TEXT NOT NULL, body TEXT NOT NULL) STRICT;
      CREATE TABLE delivery (
        alert INTEGER NOT NULL REFERENCES alert (id), sink INTEGER NOT NULL, state TEXT NOT NULL,
        attempts INTEGER NOT NULL, next_ms REAL NOT NULL, done_ms REAL, notice TEXT, problem TEXT,
        PRIMARY KEY (alert, sink)) STRICT;
      CREATE INDEX delivery_pending ON delivery (sink, alert) WHERE state = 'pending';
      CREATE INDEX delivery_sent ON delivery (sink, done_ms) WHERE state = 'sent';
      -- What each key is now: the newest alert of it.
      CREATE TABLE standing (
        key TEXT PRIMARY KEY, status TEXT NOT NULL, repeat INTEGER NOT NULL, at_ms REAL NOT NULL,
        alert INTEGER NOT NULL) STRICT;
      CREATE TABLE receiver (
        sink INTEGER PRIMARY KEY, failures INTEGER NOT NULL, next_ms REAL NOT NULL, refreshed_ms REAL NOT NULL) STRICT;
      CREATE TABLE memo (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
    `),
  // Which sink the numbers mean, wherever it stands in the configuration.
  (db) => db.exec('CREATE TABLE sink (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT;'),
];

/** Brings an outbox to today's layout. @throws Error where it is none, is damaged, or a newer idleproof wrote it */
export function migrateOutbox(db: Sqlite): void {
  const version = Number(db.pragma('user_version', { simple: true }));
  const application = Number(db.pragma('application_id', { simple: true }));
  const isEmpty = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (!isEmpty && application !== APPLICATION_ID) throw new DamagedOutbox('it is not an outbox');
  if (version > MIGRATIONS.length) throw new Error(`a newer idleproof wrote it (layout ${version})`);
  const check = db.pragma('quick_check(1)', { simple: true });
  if (check !== 'ok') throw new DamagedOutbox(String(check));
  db.transaction(() => {
    for (const step of MIGRATIONS.slice(version)) step(db);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${MIGRATIONS.length}`);
  })();
}

/** It cannot be read, and will not be by waiting. */
export class DamagedOutbox extends Error {}
