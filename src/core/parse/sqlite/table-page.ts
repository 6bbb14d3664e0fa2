/** One page of the b-tree that holds a table's rows. */
export interface TablePage {
  /** A row each, with its id and its values as far as they are kept in this page; of an inner page the ids below which pages lie. */
  cells: readonly Uint8Array[];
  /** The page that holds the rows with the highest ids; null: this one does. */
  last: number | null;
}

/** See «B-tree Page Header Format» in sqlite.org/fileformat2.html. */
const INNER = 0x05;
const LEAF = 0x0d;
const INNER_HEADER_BYTES = 12;
const LEAF_HEADER_BYTES = 8;
const CHILD_BYTES = 4;
const OVERFLOW_BYTES = 4;
const MOST_VARINT_BYTES = 9;

/**
 * Takes a page of a table apart; any page but the first, which has the header of the file before its own.
 *
 * @param page as it is in the file, with what is reserved at its end
 * @param usableBytes of the page, without what is reserved
 * @returns null for a page that holds no rows of a table with rowids, and for one that makes no sense
 */
export function parseTablePage(page: Uint8Array, usableBytes: number): TablePage | null {
  const kind = page[0];
  if (kind !== INNER && kind !== LEAF) return null;
  const headerBytes = kind === INNER ? INNER_HEADER_BYTES : LEAF_HEADER_BYTES;
  if (usableBytes < headerBytes || usableBytes > page.length) return null;
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  const count = view.getUint16(3);
  if (headerBytes + 2 * count > usableBytes) return null;
  const cells: Uint8Array[] = [];
  let cellBytes = 0;
  for (let nth = 0; nth < count; nth += 1) {
    const from = view.getUint16(headerBytes + 2 * nth);
    const end = from + (kind === INNER ? innerCellBytes(page, from) : leafCellBytes(page, from, usableBytes));
    // Also what is not a number.
    if (!(from >= headerBytes && end <= usableBytes)) return null;
    cellBytes += end - from;
    // Cells that lie over each other would be as many megabytes as a page has kilobytes.
    if (cellBytes > usableBytes) return null;
    cells.push(page.subarray(from, end));
  }
  return { cells, last: kind === INNER ? view.getUint32(8) : null };
}

function innerCellBytes(page: Uint8Array, at: number): number {
  return CHILD_BYTES + varint(page, at + CHILD_BYTES).bytes;
}

/** See «Cell Payload Overflow Pages» there. */
function leafCellBytes(page: Uint8Array, at: number, usableBytes: number): number {
  const payload = varint(page, at);
  const before = payload.bytes + varint(page, at + payload.bytes).bytes;
  if (payload.value <= usableBytes - 35) return before + payload.value;
  const least = Math.floor(((usableBytes - 12) * 32) / 255) - 23;
  const even = least + ((payload.value - least) % (usableBytes - 4));
  return before + (even <= usableBytes - 35 ? even : least) + OVERFLOW_BYTES;
}

/** Seven bits of each byte, and all eight of the ninth; of large ones only about as much as they are. */
function varint(page: Uint8Array, at: number): { value: number; bytes: number } {
  let value = 0;
  for (let bytes = 1; bytes < MOST_VARINT_BYTES; bytes += 1) {
    const byte = page[at + bytes - 1] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if ((byte & 0x80) === 0) return { value, bytes };
  }
  return { value: value * 256 + (page[at + MOST_VARINT_BYTES - 1] ?? 0), bytes: MOST_VARINT_BYTES };
}
