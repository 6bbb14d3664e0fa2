import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from '../../../../src/os/sqlite.ts';
import { readEvidence } from '../../../../src/evidence/read.ts';
import { documentRow } from '../../../../src/evidence/rows.ts';
import { EvidenceStore } from '../../../../src/evidence/store.ts';
import type { Verification } from '../../../../src/evidence/verify/verification.ts';
import { verifyEvidence } from '../../../../src/evidence/verify/verify.ts';
import {
  connectRow,
  countersRow,
  cpuRow,
  looksRow,
  runRow,
  startRow,
} from '../../../support/evidence-rows.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-verify-'));
  path = join(folder, 'evidence.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Three segments, the last one open. @param processes of each a sample in each batch; of many, one row of all */
function written(processes = 2): EvidenceStore {
  const { store } = EvidenceStore.open(path);
  const ids = Array.from({ length: processes }, (_, at) => at + 1);
  store.append(1_000, [runRow(1_000), ...ids.map((id) => startRow(id))]);
  for (let batch = 1; batch <= 30; batch += 1) {
    const atMs = 1_000 + batch * 10_000;
    store.append(atMs, [
      ...ids.map((id) => cpuRow(id, atMs - 1, batch * id)),
      looksRow(atMs - 10_000, atMs),
      connectRow(atMs - 5),
      countersRow(atMs, batch),
    ]);
    if (batch % 10 === 0 && batch < 30) store.rotate(atMs + 1);
  }
  return store;
}

function tampered(sql: string): Verification {
  const db = openSqlite(path);
  db.exec(sql);
  db.close();
  return verifyEvidence(path);
}

const REOPENED =
  "UPDATE segment SET state = 'open', to_ms = NULL, batches = NULL, rows = NULL, head = NULL, sha256 = NULL WHERE id = 3";

const places = ({ problems }: Verification): string[] => problems.map(({ where }) => where);

describe('verifyEvidence', () => {
  it('comes to an end, as those who go on with the file do, where a row is numbered far beyond the others', () => {
    written(20).close();
    const far = ['look', 'sample_block', 'counter', 'activity'].map(
      (table) => `UPDATE ${table} SET rowid = 1 << 50 WHERE rowid = (SELECT max(rowid) FROM ${table})`,
    );
    expect(tampered(far.join(';')).problems).toEqual([]);
    const { store, setAside } = EvidenceStore.open(path);
    expect(setAside).toBeNull();
    store.close();
  });

  it('has a store set aside whose rows have numbers that nobody can count with', () => {
    written().close();
    expect(tampered('UPDATE look SET rowid = 9223372036854775807 WHERE rowid = 1').problemCount).not.toBe(0);
    const { store, setAside } = EvidenceStore.open(path);
    expect(setAside?.reason).toContain('it is damaged');
    store.close();
  });

  it('finds nothing in a store that is being written, and tells its head', () => {
    const store = written();
    const head = store.head();
    const verified = verifyEvidence(path, [head.chainHead]);
    expect(verified).toMatchObject({
      problems: [],
      missingHeads: [],
      chainHead: head.chainHead,
      rows: head.rows,
    });
    expect(verified.segments.map(({ state }) => state)).toEqual(['whole', 'whole', 'open']);
    expect(verified.batches).toBe(33);
    store.close();
    expect(verifyEvidence(path).problems).toEqual([]);
  });

  it('finds nothing in the file of one run, nor in an empty one', () => {
    const store = EvidenceStore.create(path);
    expect(verifyEvidence(path)).toMatchObject({ problems: [], batches: 0 });
    store.append(1, [runRow(1), documentRow('note', 'half a character: \uD83D')]);
    store.append(2, [cpuRow(1, 2, 2)]);
    expect(verifyEvidence(path)).toMatchObject({ problems: [], batches: 2, rows: 3 });
    store.close();
  });

  it('checks a file of the layout before segments', () => {
    const store = EvidenceStore.create(path);
    store.close();
    const db = openSqlite(path);
    db.exec(
      'DROP TABLE segment; DROP INDEX batch_keyframe; ALTER TABLE batch DROP COLUMN keyframe; ALTER TABLE batch DROP COLUMN segment',
    );
    db.pragma('user_version = 2');
    db.exec("INSERT INTO document VALUES (1, 'note', '\"n\"')");
    db.exec(`INSERT INTO batch VALUES (1, 7, 1, '${'0'.repeat(64)}', '${'c'.repeat(64)}')`);
    db.close();
    expect(verifyEvidence(path).problems).toEqual([
      { where: 'batch 1', problem: 'what it holds was changed' },
    ]);
  });

  it.each([0, 1, 2, 5, 7, 24, 31])(
    'says that it is damaged where bit %i of the layout in its header is',
    (bit) => {
      EvidenceStore.create(path).close();
      expect(verifyEvidence(path).problems).toEqual([]);
      const bytes = readFileSync(path);
      // user_version: sqlite.org/fileformat.html.
      const at = 63 - (bit >> 3);
      bytes[at] = (bytes[at] as number) ^ (1 << (bit & 7));
      writeFileSync(path, bytes);
      expect(verifyEvidence(path).problems).toMatchObject([
        { where: 'the file', problem: expect.stringMatching(/is damaged: its header tells of layout -?\d+/) },
      ]);
      expect(() => readEvidence(path)).toThrowError(expect.objectContaining({ code: 'EVIDENCE_DAMAGED' }));
      const { store, setAside } = EvidenceStore.open(path);
      store.close();
      expect(setAside).not.toBeNull();
    },
  );

  it.each([
    ['a changed value', 'UPDATE sample SET cpu_ns = cpu_ns + 1 WHERE rowid = 7', 'batch 5'],
    [
      'a changed text',
      "UPDATE activity SET body = replace(body, '203.0.113.7', '203.0.113.8') WHERE rowid = 5",
      'batch 6',
    ],
    ['a changed time of a batch', 'UPDATE batch SET at_ms = at_ms + 1 WHERE id = 5', 'batch 5'],
    ['a removed row', 'DELETE FROM activity WHERE rowid = 12', 'batch 14'],
    ['a removed last row', 'DELETE FROM counter WHERE rowid = (SELECT max(rowid) FROM counter)', 'batch 33'],
    ['an inserted row', "INSERT INTO gap VALUES (5, 1, 2, 'loop', NULL, 'x')", 'batch 5'],
    [
      'a row of a batch that is not there',
      "INSERT INTO gap VALUES (500, 1, 2, 'loop', NULL, 'x')",
      'row 1 of gap (batch 500)',
    ],
    ['a row moved to another batch', 'UPDATE look SET batch = 9 WHERE batch = 8', 'batch 8'],
    ['a removed batch', 'DELETE FROM batch WHERE id = 8', 'batch 8'],
    [
      'a batch removed with its rows',
      'DELETE FROM sample WHERE batch = 8; DELETE FROM look WHERE batch = 8; DELETE FROM activity WHERE batch = 8; DELETE FROM counter WHERE batch = 8; DELETE FROM batch WHERE id = 8',
      'batch 8',
    ],
    [
      'the rows of two batches swapped',
      'UPDATE sample SET batch = CASE batch WHEN 5 THEN 6 ELSE 5 END WHERE batch IN (5, 6)',
      'batch 5',
    ],
    [
      'two batches swapped',
      'UPDATE batch SET id = 900 WHERE id = 5; UPDATE batch SET id = 5 WHERE id = 6; UPDATE batch SET id = 6 WHERE id = 900',
      'batch 5',
    ],
    ['a changed number of rows', 'UPDATE batch SET rows = 9 WHERE id = 3', 'batch 3'],
    ['a keyframe that is none', 'UPDATE batch SET keyframe = 1 WHERE id = 3', 'batch 3'],
    ['a changed header', 'UPDATE segment SET to_ms = to_ms + 1 WHERE id = 1', 'segment 1'],
    [
      'the last batches of a closed segment',
      'DELETE FROM sample WHERE batch = 11; DELETE FROM look WHERE batch = 11; DELETE FROM activity WHERE batch = 11; DELETE FROM counter WHERE batch = 11; DELETE FROM batch WHERE id = 11',
      'segment 1',
    ],
    [
      'a segment that nobody dropped',
      "DELETE FROM sample WHERE batch <= 11; DELETE FROM process WHERE batch <= 11; DELETE FROM document WHERE batch <= 11; DELETE FROM look WHERE batch <= 11; DELETE FROM activity WHERE batch <= 11; DELETE FROM counter WHERE batch <= 11; DELETE FROM batch WHERE id <= 11; UPDATE segment SET state = 'dropped' WHERE id = 1",
      'segment 1',
    ],
    ['a removed header', 'DELETE FROM segment WHERE id = 1', 'segment 2'],
    [
      'segments in another order',
      'UPDATE segment SET id = 900 WHERE id = 1; UPDATE segment SET id = 1 WHERE id = 2; UPDATE segment SET id = 2 WHERE id = 900',
      'segment 1',
    ],
  ])('finds %s', (_, sql, where) => {
    written().close();
    expect(places(tampered(sql))).toContain(where);
  });

  it('finds rows that their index does not show', () => {
    written().close();
    const db = openSqlite(path);
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    db.exec(
      "UPDATE sqlite_schema SET sql = 'CREATE INDEX activity_at ON activity (batch)' WHERE name = 'activity_at'",
    );
    db.close();
    expect(places(verifyEvidence(path))).toContain('the file');
  });

  it('finds a cut end by a head from before it', () => {
    const store = written();
    const { chainHead } = store.head();
    store.close();
    const tables = ['sample', 'look', 'activity', 'counter'].map(
      (table) => `DELETE FROM ${table} WHERE batch >= 30;`,
    );
    expect(tampered(`${tables.join('')} DELETE FROM batch WHERE id >= 30; ${REOPENED}`).problems).toEqual([]);
    expect(verifyEvidence(path, [chainHead]).missingHeads).toEqual([chainHead]);
  });

  it.each([
    ['a changed digit', "UPDATE sample_block SET body = replace(body, '7', '8') WHERE rowid = 6", 'batch 7'],
    ['a space more', "UPDATE sample_block SET body = body || ' ' WHERE rowid = 6", 'batch 7'],
    ['another number of samples', 'UPDATE sample_block SET samples = 19 WHERE rowid = 6', 'batch 7'],
    ['another time', 'UPDATE sample_block SET to_ms = to_ms + 1 WHERE rowid = 6', 'batch 7'],
    ['no text', 'UPDATE sample_block SET body = NULL WHERE rowid = 6', 'batch 7'],
    ['none any more', 'DELETE FROM sample_block WHERE rowid = 6', 'batch 7'],
    ['two', 'INSERT INTO sample_block SELECT * FROM sample_block WHERE batch = 33', 'batch 33'],
    [
      'one at the end',
      'UPDATE sample_block SET rowid = 900 WHERE rowid = 6',
      'row 900 of sample_block (batch 7)',
    ],
    [
      'that of another batch',
      'UPDATE sample_block SET body = (SELECT body FROM sample_block b WHERE b.rowid = 11 - sample_block.rowid) WHERE rowid IN (5, 6)',
      'batch 6',
    ],
    [
      'rows in its place',
      'INSERT INTO sample (rowid, batch, at_ms, process_id, cpu_ns) SELECT 1, 7, from_ms, 1, 6 FROM sample_block WHERE rowid = 6; DELETE FROM sample_block WHERE rowid = 6',
      'batch 7',
    ],
  ])('finds, where a batch had a block of samples, %s', (_, sql, where) => {
    written(20).close();
    expect(verifyEvidence(path).problems).toEqual([]);
    expect(places(tampered(sql))).toContain(where);
  });

  it('finds that the table of blocks is gone, whichever layout the file then says it has', () => {
    written(20).close();
    expect(places(tampered('DROP TABLE sample_block'))).toEqual(['the file']);
    expect(places(tampered('PRAGMA user_version = 3'))).toContain('batch 7');
  });

  it.each([
    "UPDATE segment SET state = 'vhole' WHERE id = 2",
    "UPDATE segment SET state = '' WHERE id = 2; DELETE FROM batch WHERE id = 20",
  ])('finds a segment whose state was changed into none that there is: %s', (sql) => {
    written().close();
    expect(places(tampered(sql))).toContain('segment 2');
  });

  it.each([2, 20])(
    'finds any flipped bit that changes what is read, with %i samples in a batch',
    (processes) => {
      written(processes).close();
      const good = readFileSync(path);
      const before = JSON.stringify(contentOf(path));
      const copy = join(folder, 'flipped.db');
      fc.assert(
        fc.property(
          fc.integer({ min: 100, max: good.length - 1 }),
          fc.integer({ min: 0, max: 7 }),
          (at, bit) => {
            const bytes = Buffer.from(good);
            bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
            copyFileSync(path, copy);
            writeFileSync(copy, bytes);
            const isClean = attempt(() => verifyEvidence(copy).problems.length === 0) ?? false;
            const isSame = attempt(() => JSON.stringify(contentOf(copy)) === before) ?? false;
            return !isClean || isSame;
          },
        ),
        { numRuns: 300 },
      );
    },
  );

  it.each([
    ['sample_block', 'body'],
    ['wake', 'times'],
    ['batch', 'sha256'],
    ['segment', 'state'],
  ])('says why where a column of %s has another name', (table, column) => {
    written().close();
    const db = openSqlite(path);
    db.exec(`ALTER TABLE ${table} RENAME COLUMN ${column} TO other`);
    db.close();
    expect(() => verifyEvidence(path)).toThrowError(
      expect.objectContaining({
        code: 'EVIDENCE_READ',
        message: expect.stringContaining('no such column') as string,
      }),
    );
  });

  it('refuses a folder, as one that holds evidence', () => {
    expect(() => verifyEvidence(folder)).toThrowError(
      expect.objectContaining({
        code: 'EVIDENCE_READ',
        message: expect.stringContaining('it is a folder') as string,
      }),
    );
  });

  it('refuses what is no evidence', () => {
    writeFileSync(
      path,
      'no database at all, but long enough to be one, so that SQLite looks at its header first of all'.repeat(
        9,
      ),
    );
    expect(() => verifyEvidence(path)).toThrowError(expect.objectContaining({ code: 'EVIDENCE_READ' }));
    expect(() => readEvidence(join(folder, 'none.db'))).toThrowError(
      expect.objectContaining({ code: 'EVIDENCE_READ' }),
    );
  });
});

function contentOf(file: string): unknown[] {
  const db = openSqlite(file, { readonly: true });
  try {
    const tables = [
      'segment',
      'batch',
      'document',
      'process',
      'look',
      'sample',
      'sample_block',
      'activity',
      'counter',
      'gap',
      'wake',
    ];
    return tables.map((table) => db.prepare(`SELECT * FROM ${table} ORDER BY rowid`).raw().all());
  } finally {
    db.close();
  }
}

function attempt<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}
