/** See «The Freelist» in sqlite.org/fileformat2.html: where the header names its first page, and what a page of the list begins with. */
const FIRST_AT = 32;
const NEXT_AT = 0;
const COUNT_AT = 4;
const NUMBERS_AT = 8;

/**
 * Numbers of the pages that belong to nothing, with those that list them, from 1. Of a list that makes no sense as far as it does.
 * @param database as it is in its file, without a write-ahead log
 */
export function parseFreePages(database: Uint8Array, pageBytes: number): Set<number> {
  const view = new DataView(database.buffer, database.byteOffset, database.byteLength);
  const at = (offset: number): number => (offset + 4 <= database.length ? view.getUint32(offset) : 0);
  const free = new Set<number>();
  for (let list = at(FIRST_AT); list > 0 && !free.has(list); ) {
    const start = (list - 1) * pageBytes;
    free.add(list);
    const count = Math.min(at(start + COUNT_AT), pageBytes / 4 - 2);
    for (let nth = 0; nth < count; nth += 1) free.add(at(start + NUMBERS_AT + 4 * nth));
    list = at(start + NEXT_AT);
  }
  return free;
}
