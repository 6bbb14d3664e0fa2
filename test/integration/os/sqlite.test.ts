import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isDamage, isNoDatabase, openSqlite } from '../../../src/os/sqlite.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-sqlite-'));
  path = join(folder, 'some.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function thrownBy(run: () => unknown): Error & { code?: string } {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

describe('isDamage', () => {
  it('takes a file that is no database for damage', () => {
    writeFileSync(path, 'not a database '.repeat(1000));
    const error = thrownBy(() => openSqlite(path).exec('SELECT * FROM sqlite_schema'));
    expect(error.code).toBe('SQLITE_NOTADB');
    expect([isDamage(error), isNoDatabase(error)]).toEqual([true, true]);
  });

  it('takes an index that holds other rows than its table for damage', () => {
    const db = openSqlite(path);
    db.exec("CREATE TABLE t (a, b); CREATE INDEX t_a ON t (a); INSERT INTO t VALUES ('a', 'b')");
    db.unsafeMode();
    db.pragma('writable_schema = ON');
    db.exec("UPDATE sqlite_schema SET sql = 'CREATE INDEX t_a ON t (b)' WHERE name = 't_a'");
    db.close();
    const again = openSqlite(path);
    const error = thrownBy(() => again.exec('DELETE FROM t WHERE rowid = 1'));
    again.close();
    expect(error.code).toBe('SQLITE_CORRUPT_INDEX');
    expect([isDamage(error), isNoDatabase(error)]).toEqual([true, false]);
  });

  it('takes a lock, and what is no word of SQLite, for something else', () => {
    const [db, other] = [openSqlite(path), openSqlite(path, { timeout: 0 })];
    db.exec('BEGIN EXCLUSIVE');
    const error = thrownBy(() => other.exec('BEGIN IMMEDIATE'));
    db.close();
    other.close();
    expect(error.code).toBe('SQLITE_BUSY');
    expect([error, new Error('no'), 'SQLITE_CORRUPT', null].map(isDamage)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
