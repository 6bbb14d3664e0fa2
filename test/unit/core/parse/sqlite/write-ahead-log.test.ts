import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import {
  FRAME_HEADER_BYTES,
  LOG_HEADER_BYTES,
  type LogFrame,
  parseLogFrame,
  parseLogHeader,
} from '../../../../../src/core/parse/sqlite/write-ahead-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'idleproof-wal-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function framesOf(log: Uint8Array, pageBytes: number): (LogFrame | null)[] {
  const frames: (LogFrame | null)[] = [];
  const step = FRAME_HEADER_BYTES + pageBytes;
  for (let at = LOG_HEADER_BYTES; at < log.length; at += step)
    frames.push(parseLogFrame(log.subarray(at, at + FRAME_HEADER_BYTES)));
  return frames;
}

describe('a write-ahead log', () => {
  it('names the pages of each commit, and says with other salts that it was begun anew', () => {
    const path = join(folder, 'app.db');
    const db = new Database(path);
    db.pragma('journal_mode = WAL');
    db.exec('CREATE TABLE t (a); CREATE TABLE u (a)');
    const before = parseLogHeader(readFileSync(`${path}-wal`));
    db.pragma('wal_checkpoint(RESTART)');
    db.exec('INSERT INTO t VALUES (1)');
    db.exec('BEGIN; INSERT INTO t VALUES (2); INSERT INTO u VALUES (3); COMMIT');
    const log = readFileSync(`${path}-wal`);
    const header = parseLogHeader(log);
    expect(header).toMatchObject({ pageBytes: 4096 });
    expect(header?.salts).not.toBe(before?.salts);
    const [one, two, three, ...old] = framesOf(log, 4096);
    expect([one, two, three]).toEqual([
      { page: 2, isCommit: true, salts: header?.salts },
      { page: 2, isCommit: false, salts: header?.salts },
      { page: 3, isCommit: true, salts: header?.salts },
    ]);
    for (const frame of old) expect(frame?.salts).toBe(before?.salts);
    db.close();
  });

  it('is none where it is too short, no log, or its pages are of no size that pages have', () => {
    const magic = [0x37, 0x7f, 0x06, 0x82, 0, 0, 0, 0];
    const header = (...pageBytes: number[]): Uint8Array =>
      Uint8Array.of(...magic, ...pageBytes, ...Array.from({ length: 20 }, () => 1));
    expect(parseLogHeader(header(0, 0, 2, 0))).toMatchObject({ pageBytes: 512 });
    expect(parseLogHeader(header(0, 1, 0, 0))).toMatchObject({ pageBytes: 65_536 });
    for (const pageBytes of [
      [0, 0, 1, 0],
      [0, 0, 6, 0],
      [0, 2, 0, 0],
      [255, 255, 255, 255],
    ])
      expect(parseLogHeader(header(...pageBytes))).toBeNull();
    expect(parseLogHeader(header(0, 0, 2, 0).subarray(1))).toBeNull();
    expect(parseLogHeader(new Uint8Array(LOG_HEADER_BYTES))).toBeNull();
    expect(parseLogFrame(new Uint8Array(FRAME_HEADER_BYTES))).toBeNull();
  });

  it('is a log or null, whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const header = parseLogHeader(bytes);
        if (header !== null) expect(header.pageBytes).toBeGreaterThanOrEqual(512);
        const frame = parseLogFrame(bytes);
        if (frame !== null) expect(frame.page).toBeGreaterThan(0);
      }),
    );
  });
});
