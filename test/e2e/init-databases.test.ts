import { type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import {
  checked,
  endApps,
  found,
  init,
  missingIn,
  newFolder,
  only,
  startApp,
  TYPES,
} from '../support/init.ts';

afterAll(endApps);

describe('idleproof init and databases that are not clearly the app’s', () => {
  const sleeper = (cwd: string, code = '', argv: readonly string[] = []): Promise<ChildProcess> =>
    startApp(`${code}\nprint('ready', flush=True)\nimport time\ntime.sleep(1000)\n`, cwd, argv);
  const table = (name: string, types: readonly string[] = TYPES): string =>
    `c.execute('CREATE TABLE ${name} (id INTEGER PRIMARY KEY, type TEXT, at TEXT DEFAULT CURRENT_TIMESTAMP)')
for t in ${JSON.stringify(types)}: c.execute('INSERT INTO ${name} (type) VALUES (?)', (t,))
c.commit()`;
  const database = (path: string, ...statements: readonly string[]): string =>
    `import sqlite3\nc = sqlite3.connect(${JSON.stringify(path)})\n${statements.join('\n')}\n`;

  it('takes none that only lies in its folder: rules on another app’s rows would pass whatever this one does', async () => {
    const cwd = newFolder();
    const app = await sleeper(cwd, `${database('other.db', table('events'))}c.close()`);
    const discovery = await found(['--pid', String(app.pid)], cwd);
    expect(only(discovery)).toMatchObject({ events: null, tables: [{ found: 'lying', table: 'events' }] });
    expect(missingIn(discovery)).toMatch(/if that is its own/);
    expect(loadConfig(join(cwd, 'idleproof.yaml')).targets[0]?.events).toBeNull();
    expect(readFileSync(join(cwd, 'idleproof.yaml'), 'utf8')).toContain('# events: { sqlite: ./other.db');
  });

  it('takes one that its command line names', async () => {
    const cwd = newFolder();
    const app = await sleeper(cwd, `${database('mine.db', table('events'))}c.close()`, [
      '--database=mine.db',
    ]);
    expect(only(await found(['--pid', String(app.pid)], cwd)).events).toMatchObject({ found: 'named' });
  });

  it('does not choose between two alike', async () => {
    const cwd = newFolder();
    const second = database('b.db', table('events')).replaceAll(/\bc\b(?=[ .])/g, 'd');
    const app = await sleeper(cwd, `${database('a.db', table('events'))}${second}`);
    const discovery = await found(['--pid', String(app.pid)], cwd);
    expect(only(discovery).events).toBeNull();
    expect(missingIn(discovery)).toMatch(
      /several tables look like events: events in .*a\.db; events in .*b\.db/,
    );
  });

  it('says which tables are not watched where one is clearer than the others', async () => {
    const cwd = newFolder();
    const app = await sleeper(cwd, `${database('a.db', table('events'))}${table('agent_log', ['tool_run'])}`);
    const discovery = await found(['--pid', String(app.pid)], cwd);
    expect(only(discovery).events).toMatchObject({ table: 'events' });
    expect(missingIn(discovery)).toMatch(/one is watched, events in .*; not watched: agent_log in /);
  });

  it('says which types no shipped rule knows, and that no row is a user’s', async () => {
    const cwd = newFolder();
    const app = await sleeper(cwd, database('a.db', table('events', ['ToolCall', 'sync'])));
    const discovery = await found(['--pid', String(app.pid)], cwd);
    expect(missingIn(discovery)).toMatch(/no type in .* looks like a user's; it has/);
    expect(missingIn(discovery)).toMatch(/has ToolCall: .* unseen/);
    expect(loadConfig(join(cwd, 'idleproof.yaml')).user).toEqual([]);
  });

  it('names the tables where none looks like events, and a database that is damaged', async () => {
    const cwd = newFolder();
    const app = await sleeper(
      cwd,
      `${database('a.db', "c.execute('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)')", 'c.commit()')}
f = open('bad.db', 'wb'); f.write(b'SQLite format 3\\0' + b'x' * 5000); f.flush()`,
    );
    const discovery = await found(['--pid', String(app.pid)], cwd);
    expect(missingIn(discovery)).toMatch(/no table looks like events: .*a\.db has users/);
    expect(missingIn(discovery)).toMatch(/bad\.db .*(?:corrupt|not an SQLite database|cannot be read)/);
  });

  it('says of a deleted database that nobody can reach it', async () => {
    const cwd = newFolder();
    const app = await sleeper(cwd, `${database('a.db', table('events'))}import os\nos.unlink('a.db')`);
    const discovery = await found(['--pid', String(app.pid)], cwd);
    expect(only(discovery).tables).toEqual([]);
    expect(missingIn(discovery)).toMatch(/cannot be reached here \(deleted.*a\.db/);
  });

  it('quotes what a hostile app calls itself, its files, tables and rows', async () => {
    const cwd = newFolder();
    const name = 'my events"\n- #*&';
    const file = `d'a"t\n- a: {#.db`;
    const type = '- user: #"x*&y\u001b2J';
    const app = await sleeper(
      cwd,
      `import sqlite3, ctypes
ctypes.CDLL(None).prctl(15, b'x: [\\n#{y')
c = sqlite3.connect(${JSON.stringify(file)})
n = ${JSON.stringify(name)}.replace('"', '""')
c.execute('CREATE TABLE "' + n + '" (id INTEGER PRIMARY KEY, type TEXT, created_at TEXT DEFAULT CURRENT_TIMESTAMP)')
c.execute('INSERT INTO "' + n + '" (type) VALUES (?)', (${JSON.stringify(type)},))
c.commit()`,
      ['--title', 'x\nrules: []\u001b[31m'],
    );
    const { code, stdout, stderr, yaml, config } = await init(['--pid', String(app.pid)], cwd);
    expect(code, stderr).toBe(0);
    for (const text of [stdout, stderr, yaml]) expect(text).not.toContain('\u001b');
    const { targets, user, windows, rules } = loadConfig(config);
    expect(targets[0]?.events).toEqual({ sqlite: join(cwd, file), table: name });
    expect(user[0]?.match).toEqual({ type });
    expect(windows).toHaveLength(3);
    expect(rules).toHaveLength(2);
    const proof = await checked(cwd);
    expect(proof.headline).not.toContain('events: not watched');
  });
});
