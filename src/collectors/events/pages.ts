import { closeSync, openSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { parseFreePages } from '../../core/parse/sqlite/free-pages.ts';
import { type LogIndex, readAt } from './log-index.ts';

/** A page, and which frame of a write-ahead log it was read from; null: from the database itself. */
export interface Page {
  bytes: Uint8Array;
  frame: string | null;
}

/** The pages of a database as of one commit. */
export interface Pages {
  /** Bytes of each that SQLite uses. */
  readonly usableBytes: number;
  /** Number of everything that they hold, but for free pages and what each commit counts; null: that is too much to read. */
  readonly digest: number | null;
  /** Of a page that is not there fewer bytes. Pages are counted from 1. */
  read(number: number): Page;
}

/** See «The Database Header» in sqlite.org/fileformat2.html. */
const PAGE_BYTES_AT = 16;
const RESERVED_AT = 20;
const HEADER_BYTES = 21;
/** What each commit counts (the change counter, and for which one size and version are valid), and how much is free. */
const COUNTED: readonly (readonly [number, number])[] = [
  [24, 40],
  [92, 100],
];

/** Those of a database that was copied into memory. */
export function copiedPages(copy: Uint8Array): Pages {
  const { pageBytes, usableBytes } = sizesOf(copy);
  const read = (number: number): Page => ({
    bytes: copy.subarray((number - 1) * pageBytes, number * pageBytes),
    frame: null,
  });
  return {
    usableBytes,
    // Only when asked: by then SQLite has found that the header makes sense.
    get digest() {
      return digestOf(copy, pageBytes);
    },
    read,
  };
}

interface OpenLog {
  fd: number;
  index: LogIndex;
}

/** Those of a database whose lock for reading is held meanwhile, or which has a write-ahead log. To be closed. */
export class FilePages implements Pages {
  readonly usableBytes: number;
  readonly digest: null = null;
  readonly #fd: number;
  readonly #log: OpenLog | null;
  readonly #pageBytes: number;
  /** Of each page that was read which frame held it. */
  readonly #read: Map<number, string | null> = new Map();

  /**
   * To be opened before a connection to the database is, and closed after it: closing a descriptor drops the locks of the process.
   * @param index of the write-ahead log, which is in use; null: there is none, or no page is to be read
   */
  constructor(path: string, index: LogIndex | null) {
    this.#fd = openSync(path, 'r');
    try {
      const sizes = sizesOf(readAt(this.#fd, 0, HEADER_BYTES));
      this.#pageBytes = sizes.pageBytes;
      this.usableBytes = sizes.usableBytes;
      this.#log = index === null ? null : openLog(`${path}-wal`, index);
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  /** Takes in what was appended to the log. To be called before the first read transaction begins. */
  follow(): void {
    this.#log?.index.follow(this.#log.fd);
  }

  read(number: number): Page {
    const logged = this.#log?.index.find(this.#log.fd, number) ?? null;
    this.#read.set(number, logged?.frame ?? null);
    if (logged !== null) return logged;
    return { bytes: readAt(this.#fd, (number - 1) * this.#pageBytes, this.#pageBytes), frame: null };
  }

  /** Whether all that was read is the newest there is, also now: what was read by SQLite meanwhile was then read from the same pages. */
  isStillNewest(): boolean {
    if (this.#log === null) return true;
    const { index, fd } = this.#log;
    const { salts } = index;
    if (index.isBehind) return false;
    index.follow(fd);
    if (index.isBehind || index.salts !== salts) return false;
    return [...this.#read].every(([number, frame]) => index.frameOf(number) === frame);
  }

  close(): void {
    closeSync(this.#fd);
    if (this.#log !== null) closeSync(this.#log.fd);
  }
}

/** null: whoever wrote it has just closed it, and everything is in the database. */
function openLog(path: string, index: LogIndex): OpenLog | null {
  try {
    return { fd: openSync(path, 'r'), index };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function sizesOf(header: Uint8Array): { pageBytes: number; usableBytes: number } {
  const told = ((header[PAGE_BYTES_AT] ?? 0) << 8) + (header[PAGE_BYTES_AT + 1] ?? 0);
  const pageBytes = told === 1 ? 65_536 : told;
  return { pageBytes, usableBytes: pageBytes - (header[RESERVED_AT] ?? 0) };
}

function digestOf(copy: Uint8Array, pageBytes: number): number {
  const [first, ...others] = pagesOf(copy, pageBytes);
  const free = parseFreePages(copy, pageBytes);
  const header = first?.slice() ?? new Uint8Array();
  for (const [from, to] of COUNTED) header.fill(0, from, to);
  let digest = crc32(header);
  others.forEach((page, index) => {
    if (!free.has(index + 2)) digest = crc32(page, digest);
  });
  return digest;
}

function pagesOf(copy: Uint8Array, pageBytes: number): Uint8Array[] {
  const count = pageBytes > 0 ? Math.ceil(copy.length / pageBytes) : 0;
  return Array.from({ length: count }, (_, nth) => copy.subarray(nth * pageBytes, (nth + 1) * pageBytes));
}
