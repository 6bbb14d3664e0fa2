import { closeSync, fstatSync, openSync, readSync, renameSync, truncateSync, writeFileSync } from 'node:fs';

/** As much as is kept of what a command says, twice: what it writes now, and what was before. */
const MAX_BYTES = 8_000_000;

/**
 * Puts the output of a running command aside as `path.1` where it has grown too long. The command goes on writing to the same file, at its
 * new end, since it was opened for appending; what it writes in the moment between is lost.
 */
export function rotateOutput(path: string): void {
  const tail = tailOf(path);
  if (tail === null) return;
  writeFileSync(`${path}.new`, tail, { mode: 0o600 });
  renameSync(`${path}.new`, `${path}.1`);
  truncateSync(path, 0);
}

/** The end of a file that is longer; null where it is not. */
function tailOf(path: string): Buffer | null {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    if (size <= MAX_BYTES) return null;
    const buffer = Buffer.alloc(MAX_BYTES);
    return buffer.subarray(0, readSync(fd, buffer, 0, MAX_BYTES, size - MAX_BYTES));
  } finally {
    closeSync(fd);
  }
}
