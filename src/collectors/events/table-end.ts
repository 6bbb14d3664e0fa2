import { crc32 } from 'node:zlib';
import { parseTablePage, type TablePage } from '../../core/parse/sqlite/table-page.ts';
import type { Pages } from './pages.ts';

/** What tells whether a page was written. */
interface PagePrint {
  number: number;
  /** Of all its bytes. */
  bytes: number;
  /** See Page. */
  frame: string | null;
}

/** Where a table grows: its last pages. */
export interface TableEnd {
  /** Those with rows, the last one first; more of them than are asked whether they were written. */
  leaves: PagePrint[];
  /** Those above them, with what they hold. */
  inner: (PagePrint & { cells: number })[];
  /** A number of each row in these leaves, the last one first. */
  rows: number[];
}

/** Where a page becomes too full or too empty, SQLite shares rows out among so many neighbours (NB in btree.c). */
const NEIGHBOURS = 3;
/** A row among the neighbours of those may be why they were shared out. */
const LEAVES = 2 * NEIGHBOURS;
/** Deeper is no tree of 2^32 pages. */
const MOST_LEVELS = 40;

/** Reads the end of a table; null for one without rowids, whose rows come anywhere, and for one that makes no sense. */
export function readTableEnd(pages: Pages, rootPage: number): TableEnd | null {
  const end: TableEnd = { leaves: [], inner: [], rows: [] };
  return descend(pages, rootPage, end, MOST_LEVELS) ? end : null;
}

/** From the last page backwards. False where something makes no sense. */
function descend(pages: Pages, number: number, end: TableEnd, levels: number): boolean {
  const { bytes, frame } = pages.read(number);
  const page = parseTablePage(bytes, pages.usableBytes);
  if (page === null || levels === 0) return false;
  const print = { number, bytes: crc32(bytes), frame };
  const cells = page.cells.map((cell) => crc32(cell)).toReversed();
  if (page.last === null) {
    end.leaves.push(print);
    end.rows.push(...cells);
    return true;
  }
  end.inner.push({ ...print, cells: crc32(Uint32Array.of(page.last, ...cells)) });
  for (const child of childrenOf(page, page.last)) {
    if (end.leaves.length === LEAVES) break;
    if (!descend(pages, child, end, levels - 1)) return false;
  }
  return true;
}

/** The last one first. */
function* childrenOf({ cells }: TablePage, last: number): Generator<number> {
  yield last;
  for (const cell of cells.toReversed()) yield new DataView(cell.buffer, cell.byteOffset).getUint32(0);
}

/**
 * Whether pages at the end of a table were written although every row there is what it was: what SQLite leaves behind of a row that came and went. Of
 * two tables whose rows are the same, as far as they were compared.
 */
export function wasRewritten(before: TableEnd, now: TableEnd): boolean {
  // Which rows are in the last pages changes when rows are shared out anew.
  const [fewer, more] = before.rows.length < now.rows.length ? [before, now] : [now, before];
  const isOther = fewer.rows.some((row, nth) => row !== more.rows[nth]);
  // Of a whole table there would be as many of them: the oldest ones were deleted, or came.
  const isShorter = fewer.leaves.length < LEAVES && fewer.rows.length < more.rows.length;
  if (isOther || isShorter) return false;
  const inner = new Map(before.inner.map((page) => [page.number, page]));
  return (
    now.leaves.slice(0, NEIGHBOURS).some((leaf) => wasLeafWritten(before.leaves, leaf)) ||
    // Rows that are deleted far from here take pages away, and what leads to them.
    now.inner.some((page) => {
      const same = inner.get(page.number);
      return same?.cells === page.cells && wasWritten(same, page);
    })
  );
}

function wasLeafWritten(before: readonly PagePrint[], leaf: PagePrint): boolean {
  const same = before.find(({ number }) => number === leaf.number);
  // A file that gives back free pages moves others into their places.
  return same === undefined ? before.every(({ bytes }) => bytes !== leaf.bytes) : wasWritten(same, leaf);
}

function wasWritten(before: PagePrint, now: PagePrint): boolean {
  return before.bytes !== now.bytes || (now.frame !== null && now.frame !== before.frame);
}
