import { closeSync, openSync, readSync } from 'node:fs';

/** A small file of a virtual file system that is read again and again: kept open, one system call a read. */
export class KeptFile {
  readonly #fd: number;
  readonly #buffer: Buffer = Buffer.alloc(4096);
  #last: Buffer = Buffer.alloc(0);

  /** Throws where it cannot be opened. */
  constructor(path: string) {
    this.#fd = openSync(path, 'r');
  }

  /** At most its first 4096 bytes; null where they are the same as at the last call. */
  readIfChanged(): string | null {
    const length = readSync(this.#fd, this.#buffer, 0, this.#buffer.length, 0);
    if (length === this.#last.length && this.#buffer.compare(this.#last, 0, length, 0, length) === 0)
      return null;
    this.#last = Buffer.from(this.#buffer.subarray(0, length));
    return this.#last.toString('latin1');
  }

  close(): void {
    closeSync(this.#fd);
  }
}
