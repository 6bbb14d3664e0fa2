import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 64 * 1024;
const MAX_LINE = 4_096;

/** Follows a growing file line by line, in bounded memory. */
export class OutputLines {
  readonly #path: string;
  #offset = 0;
  #rest = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** Lines since the last call, the one that is not ended yet included; it comes again when it has grown. */
  read(): string[] {
    const lines: string[] = [];
    const fd = openSync(this.#path, 'r');
    try {
      const buffer = Buffer.alloc(CHUNK_BYTES);
      for (;;) {
        const length = readSync(fd, buffer, 0, CHUNK_BYTES, this.#offset);
        if (length === 0) break;
        this.#offset += length;
        const parts = (this.#rest + buffer.toString('latin1', 0, length)).split('\n');
        this.#rest = (parts.pop() ?? '').slice(-MAX_LINE);
        lines.push(...parts);
      }
    } finally {
      closeSync(fd);
    }
    return [...lines, this.#rest].map((line) =>
      Buffer.from(line.slice(0, MAX_LINE), 'latin1').toString('utf8'),
    );
  }
}
