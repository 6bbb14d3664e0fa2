import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** File systems without hard links say one of these (link(2)); FAT, and some of those that lie on other hosts. */
const NO_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']);

/**
 * Writes a file that must not be there yet, whole or not at all: under another name beside it until every byte is on the disk. Throws
 * what the file system says, EEXIST for one that is there.
 */
export function writeNewFile(path: string, text: string): void {
  const draft = join(dirname(path), `.${basename(path)}.${process.pid}.new`);
  try {
    writeDurably(draft, Buffer.from(text, 'utf8'));
    giveName(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

function writeDurably(path: string, bytes: Buffer): void {
  const file = openSync(path, 'wx', 0o666);
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A link, unlike a renamed file, never takes the place of another one. */
function giveName(draft: string, path: string): void {
  try {
    linkSync(draft, path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!NO_LINKS.has(code)) throw error;
    if (existsSync(path)) throw Object.assign(new Error('there is a file already'), { code: 'EEXIST' });
    renameSync(draft, path);
  }
}
