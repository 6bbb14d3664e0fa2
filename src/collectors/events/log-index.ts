import { readSync } from 'node:fs';
import {
  FRAME_HEADER_BYTES,
  LOG_HEADER_BYTES,
  parseLogFrame,
  parseLogHeader,
} from '../../core/parse/sqlite/write-ahead-log.ts';

/** As much as is read at once: most of the time goes by in the kernel, with each call. */
const CHUNK_BYTES = 256 * 1024;
/** Taken in at one look, which takes some 100 ms: of a longer log a part at each look. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Where a write-ahead log holds which page: of each the newest frame that was committed. Kept from look to look, so that only what was appended is
 * read; SQLite has such an index of its own (-shm), which tells nobody what has been written since when.
 */
export class LogIndex {
  readonly #mostBytes: number;
  readonly #frames: Map<number, number> = new Map();
  /** Pages of a transaction that is not committed yet. */
  readonly #pending: Map<number, number> = new Map();
  #salts: bigint | null = null;
  #pageBytes = 0;
  #read = 0;
  #committed = 0;
  #isBehind = false;

  /** @param mostBytes of the log that are read at one look, if they end a transaction, or somewhat more */
  constructor(mostBytes: number = MOST_BYTES) {
    this.#mostBytes = mostBytes;
  }

  /** There is more in the log than could be read, so that nobody knows where its newest pages are. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** Other ones for a log that was begun anew; null: there is none. */
  get salts(): bigint | null {
    return this.#salts;
  }

  /** Reads on towards the end of the log. @param fd of the log, open for reading */
  follow(fd: number): void {
    const header = parseLogHeader(readAt(fd, 0, LOG_HEADER_BYTES));
    if (header === null || header.salts !== this.#salts)
      this.#begin(header?.salts ?? null, header?.pageBytes ?? 0);
    this.#isBehind = false;
    if (header === null) return;
    const from = this.#committed;
    const step = FRAME_HEADER_BYTES + this.#pageBytes;
    const chunk = new Uint8Array(CHUNK_BYTES - (CHUNK_BYTES % step));
    while (this.#takeFrames(chunk, readSync(fd, chunk, 0, chunk.length, this.#startOf(this.#read)))) {
      // Of a transaction that is read in part nothing is known: the next look would begin with it again.
      this.#isBehind =
        this.#startOf(this.#read) - this.#startOf(from) >= this.#mostBytes && this.#committed > from;
      if (this.#isBehind) break;
    }
    // A transaction that is rolled back is written over.
    this.#pending.clear();
    this.#read = this.#committed;
  }

  /** The frame that holds a page as of the last commit; null: the log does not hold it. */
  frameOf(page: number): string | null {
    const frame = this.#frames.get(page);
    return frame === undefined ? null : `${this.#salts}:${frame}`;
  }

  /** The page as of the last commit, and which frame that is; null: the log does not hold it. */
  find(fd: number, page: number): { bytes: Uint8Array; frame: string } | null {
    const frame = this.#frames.get(page);
    if (frame === undefined) return null;
    const bytes = readAt(fd, this.#startOf(frame) + FRAME_HEADER_BYTES, this.#pageBytes);
    return { bytes, frame: `${this.#salts}:${frame}` };
  }

  /** Takes in the next frames; false where these are the last ones. */
  #takeFrames(chunk: Uint8Array, length: number): boolean {
    const step = FRAME_HEADER_BYTES + this.#pageBytes;
    for (let at = 0; at + step <= length; at += step) {
      const frame = parseLogFrame(chunk.subarray(at, at + FRAME_HEADER_BYTES));
      if (frame === null || frame.salts !== this.#salts) return false;
      this.#pending.set(frame.page, this.#read);
      this.#read += 1;
      if (frame.isCommit) this.#commit();
    }
    return length === chunk.length;
  }

  #begin(salts: bigint | null, pageBytes: number): void {
    this.#frames.clear();
    this.#salts = salts;
    this.#pageBytes = pageBytes;
    this.#read = 0;
    this.#committed = 0;
  }

  #commit(): void {
    for (const [page, frame] of this.#pending) this.#frames.set(page, frame);
    this.#pending.clear();
    this.#committed = this.#read;
  }

  #startOf(frame: number): number {
    return LOG_HEADER_BYTES + frame * (FRAME_HEADER_BYTES + this.#pageBytes);
  }
}

/** As many bytes as there are. */
export function readAt(fd: number, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, position));
}
