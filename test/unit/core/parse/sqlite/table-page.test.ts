import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTablePage, type TablePage } from '../../../../../src/core/parse/sqlite/table-page.ts';

/** The pages of a database that SQLite has made, by their numbers, and where a table begins. */
function made(sql: string): { page: (number: number) => TablePage | null; root: number } {
  const db = new Database(':memory:');
  db.exec(sql);
  const bytes = db.serialize();
  const pageBytes = db.pragma('page_size', { simple: true }) as number;
  const root = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 't'").pluck().get() as number;
  db.close();
  const page = (number: number): TablePage | null =>
    parseTablePage(bytes.subarray((number - 1) * pageBytes, number * pageBytes), pageBytes);
  return { page, root };
}

const text = (cell: Uint8Array | undefined): string => Buffer.from(cell ?? []).toString('latin1');

describe('a page of a table', () => {
  it('without rows', () => {
    const { page, root } = made('CREATE TABLE t (a)');
    expect(page(root)).toEqual({ cells: [], last: null });
  });

  it('with a row in each cell, in the order of ids', () => {
    const { page, root } = made(
      "CREATE TABLE t (a); INSERT INTO t(rowid, a) VALUES (300, 'later'), (-1, 'first')",
    );
    const { cells = [], last } = page(root) ?? {};
    expect(last).toBeNull();
    expect(cells.map((cell) => text(cell).slice(-5))).toEqual(['first', 'later']);
    // Payload, id, header of two bytes, text; -1 takes nine bytes.
    expect(cells.map(({ length }) => length)).toEqual([1 + 9 + 2 + 5, 1 + 2 + 2 + 5]);
  });

  it('above others leads to the one with the highest ids, which holds the newest row', () => {
    const { page, root } = made(
      "PRAGMA page_size = 512; CREATE TABLE t (a); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 9000) INSERT INTO t SELECT 'row ' || i FROM n",
    );
    let levels = 0;
    let found = page(root);
    for (; found !== null && found.last !== null; levels += 1) found = page(found.last);
    expect(levels).toBeGreaterThan(1);
    expect(text(found?.cells.at(-1))).toMatch(/row 9000$/);
  });

  it.each([0, 1, 4060, 4061, 4062, 5000, 8150, 8200, 100_000])(
    'keeps of a value of %i bytes what fits',
    (bytes) => {
      const { page, root } = made(`CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(${bytes})), ('end')`);
      const { cells = [] } = page(root) ?? {};
      expect(cells).toHaveLength(2);
      // Cells are laid from the end of the page downwards, so that they leave no byte between them.
      expect((cells[1]?.byteOffset ?? 0) + (cells[1]?.length ?? 0)).toBe(cells[0]?.byteOffset);
    },
  );

  it('is none where it belongs to an index, or to a table without rowids', () => {
    const { page, root } = made("CREATE TABLE t (a PRIMARY KEY) WITHOUT ROWID; INSERT INTO t VALUES ('x')");
    expect(page(root)).toBeNull();
  });

  it('is none where cells lie over each other', () => {
    const page = new Uint8Array(65_536);
    const cells = 20_000;
    page.set([0x0d, 0, 0, cells >> 8, cells & 0xff]);
    // Each is at the same place, and is as long as what follows: 20,000 bytes.
    for (let nth = 0; nth < cells; nth += 1) page.set([0xb0, 0], 8 + 2 * nth);
    page.set([0x81, 0x9c, 0x20, 1], 0xb000);
    expect(parseTablePage(page, page.length)).toBeNull();
    page.set([0, 1], 3);
    expect(parseTablePage(page, page.length)?.cells).toEqual([page.subarray(0xb000, 0xb000 + 4 + 20_000)]);
  });

  it('is whole or null, whatever its bytes are', () => {
    const kinds = fc.constantFrom(0x05, 0x0d, 0x0a);
    const bytes = fc
      .tuple(kinds, fc.uint8Array({ maxLength: 600 }))
      .map(([kind, rest]) => Uint8Array.of(kind, ...rest));
    fc.assert(
      fc.property(bytes, fc.nat(600), (page, usableBytes) => {
        const parsed = parseTablePage(page, usableBytes);
        for (const cell of parsed?.cells ?? []) {
          expect(cell.length).toBeGreaterThan(0);
          expect(cell.byteOffset - page.byteOffset + cell.length).toBeLessThanOrEqual(usableBytes);
        }
        if (parsed !== null) expect(parsed.last === null).toBe(page[0] === 0x0d);
      }),
    );
  });
});
