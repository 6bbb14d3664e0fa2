import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFreePages } from '../../../../../src/core/parse/sqlite/free-pages.ts';

const FILL =
  'CREATE TABLE t (a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000) INSERT INTO t SELECT zeroblob(1500) FROM n;';

describe('free pages', () => {
  it.each([
    ['a full database has none', FILL, 0],
    ['one whose rows were deleted', `${FILL} DELETE FROM t`, 1500],
    ['one that has given them back', `${FILL} DELETE FROM t; VACUUM`, 0],
  ])('%s', (_, sql, least) => {
    const db = new Database(':memory:');
    db.exec(sql);
    const free = parseFreePages(db.serialize(), 4096);
    expect(free.size).toBe(db.pragma('freelist_count', { simple: true }));
    expect(free.size).toBeGreaterThanOrEqual(least);
    // Pages that hold something are none of them.
    for (const number of db.prepare('SELECT pageno FROM dbstat').pluck().all())
      expect(free.has(number as number)).toBe(false);
    db.close();
  });

  it('ends, whatever the bytes are', () => {
    const words = fc.uint32Array({ maxLength: 512, max: 5 });
    fc.assert(
      fc.property(words, (list) => {
        const bytes = Buffer.alloc(list.length * 4);
        list.forEach((word, index) => bytes.writeUInt32BE(word, index * 4));
        expect(parseFreePages(bytes, 512).size).toBeLessThanOrEqual(10);
      }),
    );
  });
});
