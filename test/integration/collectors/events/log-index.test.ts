import { closeSync, mkdtempSync, openSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogIndex } from '../../../../src/collectors/events/log-index.ts';

let folder: string;
let db: Database.Database;
let fd: number;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-log-'));
  db = new Database(join(folder, 'app.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (a)');
  fd = openSync(join(folder, 'app.db-wal'), 'r');
});
afterEach(() => {
  closeSync(fd);
  db.close();
  rmSync(folder, { recursive: true });
});

/** In a page of its own each. */
function insert(rows: number): void {
  db.exec(
    `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${rows}) INSERT INTO t SELECT zeroblob(3000) FROM n`,
  );
}

const logBytes = (): number => statSync(join(folder, 'app.db-wal')).size;
const ROOT = 2;

describe('the index of a write-ahead log', () => {
  it('that is too long for one look is behind until it has read all of it', () => {
    const whole = new LogIndex();
    const index = new LogIndex(1);
    for (let time = 0; time < 10; time += 1) insert(100);
    expect(logBytes()).toBeGreaterThan(3 * 1024 * 1024);
    whole.follow(fd);
    expect(whole.isBehind).toBe(false);
    index.follow(fd);
    expect(index.isBehind).toBe(true);
    expect(index.frameOf(ROOT)).not.toBe(whole.frameOf(ROOT));
    let looks = 1;
    for (; index.isBehind; looks += 1) index.follow(fd);
    expect(looks).toBeGreaterThan(3);
    expect(index.frameOf(ROOT)).toBe(whole.frameOf(ROOT));
    expect(index.find(fd, ROOT)).toEqual(whole.find(fd, ROOT));
  });

  it('reads a transaction that is longer than that as a whole', () => {
    const index = new LogIndex(1);
    index.follow(fd);
    insert(1000);
    for (index.follow(fd); index.isBehind; ) index.follow(fd);
    expect(index.frameOf(ROOT)).not.toBeNull();
    expect(index.frameOf(900)).not.toBeNull();
  });

  it('knows nothing of what was rolled back, and of a log that was begun anew', () => {
    const index = new LogIndex();
    insert(1);
    index.follow(fd);
    const before = index.frameOf(ROOT);
    db.exec('PRAGMA cache_size = 5; BEGIN');
    insert(100);
    expect(logBytes()).toBeGreaterThan(100_000);
    index.follow(fd);
    expect([index.frameOf(ROOT), index.frameOf(50)]).toEqual([before, null]);
    db.exec('ROLLBACK');
    index.follow(fd);
    expect([index.frameOf(ROOT), index.frameOf(50)]).toEqual([before, null]);
    db.exec('PRAGMA wal_checkpoint(RESTART); CREATE TABLE u (a)');
    const { salts } = index;
    index.follow(fd);
    expect([index.salts === salts, index.frameOf(ROOT)]).toEqual([false, null]);
    db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    index.follow(fd);
    expect([index.salts, index.isBehind, index.frameOf(1)]).toEqual([null, false, null]);
  });
});
