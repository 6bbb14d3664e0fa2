import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { BatchFinder, partsOf, type RowRange } from '../../../src/evidence/batch-rows.ts';
import { openSqlite } from '../../../src/os/sqlite.ts';

const db = openSqlite(':memory:');
db.exec('CREATE TABLE look (batch INTEGER NOT NULL)');
afterAll(() => db.close());

/** Rows of batches in the order of writing; the first ones may be gone. */
const batches = fc.record({
  sizes: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 }),
  dropped: fc.integer({ min: 0, max: 100 }),
});
const span = fc.tuple(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 0, max: 70 }));

it('finds the rows of some batches without those of others, wherever they lie and however many they are', () => {
  const insert = db.prepare('INSERT INTO look (rowid, batch) VALUES (?, ?)');
  fc.assert(
    fc.property(batches, span, fc.uniqueArray(fc.integer({ min: 0, max: 70 })), (given, [from, to], left) => {
      db.exec('DELETE FROM look');
      const rows = given.sizes.flatMap((size, batch) => Array.from({ length: size }, () => batch));
      const kept = rows.flatMap((batch, row) => (row < given.dropped ? [] : [{ batch, rowid: row + 1 }]));
      for (const { rowid, batch } of kept) insert.run(rowid, batch);
      const without = left.filter((batch) => batch >= from && batch <= to).toSorted((a, b) => a - b);
      const wanted = kept.filter(({ batch }) => batch >= from && batch <= to && !without.includes(batch));
      const ranges = new BatchFinder(db, ['look']).rangesWithout('look', from, to, without);
      const isIn = (rowid: number): boolean =>
        ranges.some(({ first, last }) => rowid >= first && rowid <= last);
      expect(kept.filter(({ rowid }) => isIn(rowid))).toEqual(wanted);
      const sizes = ranges.map(({ first, last }) => last - first + 1);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(wanted.length);
    }),
    { numRuns: 300 },
  );
});

it('reads a range in parts, and stretches without rows not at all, however long they are', () => {
  db.exec('DELETE FROM look');
  const rowids = [1, 2, 3, 5, 6, 1_000, 2 ** 52, 2 ** 52 + 1];
  const insert = db.prepare('INSERT INTO look (rowid, batch) VALUES (?, 1)');
  for (const rowid of rowids) insert.run(rowid);
  const parts = (range: RowRange): RowRange[] => [...partsOf(db, 'look', range, 3)];
  expect(parts({ first: 1, last: 2 ** 52 + 1 })).toEqual([
    { first: 1, last: 3 },
    { first: 5, last: 7 },
    { first: 1_000, last: 1_002 },
    { first: 2 ** 52, last: 2 ** 52 + 1 },
  ]);
  expect(parts({ first: 2, last: 6 })).toEqual([
    { first: 2, last: 4 },
    { first: 5, last: 6 },
  ]);
  expect(parts({ first: 1, last: 0 })).toEqual([]);
});

it('refuses rows with numbers that JavaScript cannot tell apart', () => {
  db.exec('DELETE FROM look');
  db.exec('INSERT INTO look (rowid, batch) VALUES (1, 1), (9223372036854775807, 1)');
  expect(() => new BatchFinder(db, ['look']).range('look', 1, 1)).toThrow('the last row of look');
  expect(() => [...partsOf(db, 'look', { first: 1, last: 2 ** 63 }, 3)]).toThrow('the last row of look');
});
