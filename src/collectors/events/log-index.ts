import { readSync } from 'node:fs';
import {
  FRAME_HEADER_BYTES,
  LOG_HEADER_BYTES,
  parseLogFrame,
  parseLogHeader,
} from '../../core/parse/sqlite/write-ahead-log.ts';

/**
 * Where a write-ahead log holds which page: of each the newest frame that was committed. Kept from look to look, so that only what was appended is
 * read; SQLite has such an index of its own (-shm), which tells nobody what has been written since when.
 */
export class LogIndex {
  readonly #frames: Map<number, number> = new Map();
  /** Pages of a transaction that is not committed yet. */
  readonly #pending: Map<number, number> = new Map();
  #salts = '';
  #pageBytes = 0;
  #read = 0;
  #committed = 0;

  /** Which commit is the last one; another text for another one. */
  get lastCommit(): string {
    return `${this.#salts}:${this.#committed}`;
  }

  /** Reads on to the end of the log. @param fd of the log, open for reading */
  follow(fd: number): void {
    const header = parseLogHeader(readAt(fd, 0, LOG_HEADER_BYTES));
    if (header === null || header.salts !== this.#salts)
      this.#begin(header?.salts ?? '', header?.pageBytes ?? 0);
    if (header === null) return;
    for (;;) {
      const frame = parseLogFrame(readAt(fd, this.#startOf(this.#read), FRAME_HEADER_BYTES));
      if (frame === null || frame.salts !== this.#salts) break;
      this.#pending.set(frame.page, this.#read);
      this.#read += 1;
      if (frame.isCommit) this.#commit();
    }
    // A transaction that is rolled back is written over.
    this.#pending.clear();
    this.#read = this.#committed;
  }

  /** The page as of the last commit, and which frame that is; null: the log does not hold it. */
  find(fd: number, page: number): { bytes: Uint8Array; frame: string } | null {
    const frame = this.#frames.get(page);
    if (frame === undefined) return null;
    const bytes = readAt(fd, this.#startOf(frame) + FRAME_HEADER_BYTES, this.#pageBytes);
    return { bytes, frame: `${this.#salts}:${frame}` };
  }

  #begin(salts: string, pageBytes: number): void {
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
