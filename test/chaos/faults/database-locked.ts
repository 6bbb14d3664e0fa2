import type { Fault } from '../fault.ts';
import { hold, letGo, startHelper } from '../helper.ts';

const LOCK = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('PRAGMA journal_mode = ' + sys.argv[2])
db.execute('PRAGMA locking_mode = EXCLUSIVE')
db.execute('BEGIN EXCLUSIVE')
print('locked', flush=True)
sys.stdin.read()
db.execute('ROLLBACK')
db.close()
`;

export const databaseLocked: Fault = {
  name: 'database-locked',
  says: "another process locks the app's database for itself, for 0.9 s; what others write waits until then",
  holdsTarget: true,
  strike: ({ scene }) => hold(scene, LOCK, scene.database, 'DELETE'),
  undo: ({ scene }) => letGo(scene),
};

export const databaseLockedToTheEnd: Fault = {
  name: 'database-locked-to-the-end',
  says: "another process locks the app's database for itself beyond the window's end",
  lasts: true,
  moments: ['before'],
  strike: ({ scene }) => hold(scene, LOCK, scene.database, 'DELETE'),
  undo: ({ scene }) => letGo(scene),
};

/** So long after it was written; beyond the end of the window. */
const COMMITS_AFTER_SECONDS = 5;

const WRITER = `
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute('BEGIN IMMEDIATE')
db.execute("INSERT INTO events (type, created_at) VALUES ('tool_run', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))")
print('written', flush=True)
time.sleep(${COMMITS_AFTER_SECONDS})
db.execute('COMMIT')
sys.stdin.read()
`;

export const committedLate: Fault = {
  name: 'row-committed-late',
  says: "a tool_run row is written in the window, and committed after the window's end",
  breaks: ['tools'],
  moments: ['before'],
  strike: async ({ scene }) => {
    await startHelper(scene, WRITER, scene.database);
  },
};
