import { closeSync, existsSync, openSync, readdirSync, readlinkSync, readSync, statSync } from 'node:fs';

const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ESRCH', 'ENOTDIR']);

/**
 * The /proc file system, or a recorded copy of it. Every reader takes one, so that tests can bring their own.
 * What no longer exists is null (a process can end between two reads); anything else that goes wrong is thrown,
 * because «not permitted» must never look like «not there».
 */
export class Procfs {
  readonly root: string;
  #buffer: Buffer = Buffer.allocUnsafe(64 * 1024);

  constructor(root = '/proc') {
    this.root = root;
  }

  /** Text of a file, read in one pass without asking for its size, which is 0 in procfs. */
  read(path: string): string | null {
    return this.readBytes(path)?.toString('utf8') ?? null;
  }

  /** Bytes of a file. The buffer is shared: use them before the next read. */
  readBytes(path: string): Buffer | null {
    return orNull(() => {
      const fd = openSync(`${this.root}/${path}`, 'r');
      try {
        let length = 0;
        for (;;) {
          if (length === this.#buffer.length) this.#grow();
          const read = readSync(fd, this.#buffer, length, this.#buffer.length - length, null);
          if (read === 0) return this.#buffer.subarray(0, length);
          length += read;
        }
      } finally {
        closeSync(fd);
      }
    });
  }

  list(path: string): string[] | null {
    return orNull(() => readdirSync(`${this.root}/${path}`));
  }

  exists(path: string): boolean {
    return existsSync(`${this.root}/${path}`);
  }

  link(path: string): string | null {
    return orNull(() => readlinkSync(`${this.root}/${path}`));
  }

  /** Device and inode of what a path leads to, following links (for open files: /proc/PID/fd/N). */
  identity(path: string): { device: number; inode: number; links: number } | null {
    return orNull(() => {
      const { dev, ino, nlink } = statSync(`${this.root}/${path}`);
      return { device: dev, inode: ino, links: nlink };
    });
  }

  /** Number of open descriptors of a process or thread: the size of its folder `fd`, since Linux 6.2 (0 before). */
  openFileCount(folder: string): number | null {
    return orNull(() => statSync(`${this.root}/${folder}/fd`).size);
  }

  pids(): number[] {
    const pids: number[] = [];
    for (const name of this.list('') ?? []) {
      const pid = Number(name);
      if (Number.isInteger(pid)) pids.push(pid);
    }
    return pids;
  }

  #grow(): void {
    const larger = Buffer.allocUnsafe(this.#buffer.length * 2);
    this.#buffer.copy(larger);
    this.#buffer = larger;
  }
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (GONE.has((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
