import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite, type Sqlite } from '../../../../src/os/sqlite.ts';
import { findTables, isDatabase } from '../../../../src/collectors/events/find-tables.ts';
import { chooseEvents, findEventTables } from '../../../../src/session/discover/databases.ts';

let folder: string;
let path: string;
let db: Sqlite;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-tables-'));
  path = join(folder, 'app.db');
  db = openSqlite(path);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true, force: true });
});

const create = (name: string, columns = 'id INTEGER PRIMARY KEY, type TEXT, created_at TEXT'): void => {
  db.exec(`CREATE TABLE "${name}" (${columns})`);
};

describe('isDatabase', () => {
  it('opens nothing but regular files', () => {
    create('events');
    expect(isDatabase(path)).toBe(true);
    symlinkSync(path, join(folder, 'link'));
    expect(isDatabase(join(folder, 'link'))).toBe(true);
    writeFileSync(join(folder, 'text'), 'SQLite format 3');
    spawnSync('mkfifo', [join(folder, 'fifo')]);
    for (const other of ['text', 'fifo', '.', 'not-there'])
      expect(isDatabase(join(folder, other))).toBe(false);
    expect(isDatabase('/dev/tty')).toBe(false);
  });
});

describe('findTables', () => {
  it.each(['delete', 'wal'])(
    'reads the newest types, journal mode %s, and keeps no writer waiting',
    (mode) => {
      db.pragma(`journal_mode = ${mode}`);
      create('events');
      create('notes', 'id INTEGER PRIMARY KEY, text TEXT');
      const insert = db.prepare("INSERT INTO events (type, created_at) VALUES (?, datetime('now'))");
      for (const type of ['user_message', 'tool_run', 'tool_run']) insert.run(type);
      expect(findTables(path)).toEqual({
        typed: [
          {
            table: 'events',
            columns: { id: 'id', type: 'type', time: 'created_at' },
            types: expect.arrayContaining(['user_message', 'tool_run']),
          },
        ],
        names: ['events', 'notes'],
        unclear: [],
      });
      db.pragma('busy_timeout = 0');
      insert.run('after');
    },
  );

  it('passes over views and virtual tables, and says where columns are not clear', () => {
    create('events', 'type TEXT, event_type TEXT, at TEXT');
    db.exec("INSERT INTO events VALUES ('a', 'b', '2026-01-01 00:00:00')");
    db.exec('CREATE VIEW recent_events AS SELECT * FROM events');
    db.exec('CREATE VIRTUAL TABLE search_events USING fts5(type, body)');
    const found = findTables(path);
    expect(found.typed.map(({ table }) => table)).not.toContain('search_events');
    expect(found.unclear.join()).toMatch(/«type» and «event_type» could each be the event type/);
  });

  it('says what is wrong with a file that is none', () => {
    writeFileSync(
      join(folder, 'bad.db'),
      Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(4000, 'x')]),
    );
    expect(() => findTables(join(folder, 'bad.db'))).toThrow(/bad\.db/);
    expect(() => findTables(join(folder, 'none.db'))).toThrow(/does not exist/);
  });
});

describe('findEventTables', () => {
  const none = { openPaths: [], workingFolders: [], argv: [] };

  it('takes a type that was cut for nobody’s', () => {
    create('events');
    db.prepare('INSERT INTO events (type) VALUES (?)').run(`user ${'x'.repeat(300)}`);
    const { tables } = findEventTables({ ...none, openPaths: [path] });
    expect(tables.every(({ userTypes }) => userTypes.length === 0)).toBe(true);
  });

  it('prefers what is open to what is named, and that to what lies there', () => {
    create('events');
    const traces = { openPaths: [path], workingFolders: [folder], argv: [`--db=${path}`] };
    const found = (given: Partial<typeof traces>): string | undefined =>
      chooseEvents(findEventTables({ ...none, ...given }).tables).events?.found;
    expect(found(traces)).toBe('open');
    expect(found({ argv: traces.argv })).toBe('named');
    expect(found({ workingFolders: [folder], argv: ['app.db'] })).toBe('named');
    expect(found({ workingFolders: [folder], argv: ['pp.db', 'my-app.db'] })).toBeUndefined();
    expect(findEventTables({ ...none, workingFolders: [folder] }).tables).toMatchObject([{ found: 'lying' }]);
  });

  it('is bounded', () => {
    const many = Array.from({ length: 70 }, (_, index) => join(folder, `${index}.db`));
    create('events');
    for (const one of many) writeFileSync(one, db.serialize());
    expect(findEventTables({ ...none, openPaths: many }).tables).toHaveLength(50);
  });
});
