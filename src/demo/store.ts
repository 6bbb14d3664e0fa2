/** The demo app's memory: one SQLite table in which it writes down what it does. */
import Database from 'better-sqlite3';

type EventType = 'user_message' | 'llm_request' | 'tool_run';

export interface EventStore {
  add(type: EventType, payload: unknown): void;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    type TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    payload TEXT NOT NULL
  )`;

/** A new database comes with a conversation of yesterday, as that of an app in use does. */
const YESTERDAY = `
  INSERT INTO events (type, created_at, payload)
  SELECT type, strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-1 day'), '{}'
  FROM (SELECT 'user_message' AS type UNION ALL SELECT 'llm_request' UNION ALL SELECT 'tool_run')
  WHERE NOT EXISTS (SELECT 1 FROM events)`;

/** Opens the app's events table, and makes it where it is new. */
export function openStore(path: string): EventStore {
  const database = new Database(path);
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(SCHEMA);
  database.exec(YESTERDAY);
  const insert = database.prepare('INSERT INTO events (type, payload) VALUES (?, ?)');
  return {
    add: (type, payload) => void insert.run(type, JSON.stringify(payload)),
    close: () => void database.close(),
  };
}
