import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface RotatedFileOptions {
  path: string;
  /** A file is put aside before it grows beyond this. */
  maxBytes: number;
  /** How many are kept besides the one that is written: `path.1` is the newest. */
  kept: number;
}

/** A file of lines that never takes more than `(kept + 1) * maxBytes`. Only its owner can read it. */
export class RotatedFile {
  readonly #options: RotatedFileOptions;
  #fd: number | null = null;
  #sizeBytes = 0;

  constructor(options: RotatedFileOptions) {
    this.#options = options;
  }

  /** Appends a line with its line feed. Throws what the file system says; the next line tries again. */
  write(line: string): void {
    const bytes = Buffer.from(line);
    let fd = this.#fd ?? this.#open();
    if (this.#sizeBytes > 0 && this.#sizeBytes + bytes.length > this.#options.maxBytes) {
      this.close();
      this.#putAside();
      fd = this.#open();
    }
    this.#sizeBytes += writeSync(fd, bytes);
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #open(): number {
    const { path } = this.#options;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const fd = openSync(path, 'a', 0o600);
    this.#fd = fd;
    this.#sizeBytes = fstatSync(fd).size;
    return fd;
  }

  #putAside(): void {
    const { path, kept } = this.#options;
    const nameOf = (age: number): string => (age === 0 ? path : `${path}.${age}`);
    for (let age = kept; age > 0; age -= 1) {
      try {
        renameSync(nameOf(age - 1), nameOf(age));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
  }
}
