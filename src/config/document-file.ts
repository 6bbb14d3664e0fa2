import { closeSync, openSync, readSync } from 'node:fs';
import { LARGEST_TEXT } from './yaml-document.ts';

/** No character of a text takes more bytes in UTF-8 than three for each of its units. */
const MOST_BYTES = 3 * LARGEST_TEXT + 1;

/**
 * The bytes of a document, or of a pipe that one comes from; of what is too large for a document, just as many as show that.
 * Throws what opening and reading throw.
 */
export function readDocumentFile(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    let left = MOST_BYTES;
    while (left > 0) {
      const chunk = Buffer.allocUnsafe(Math.min(left, 65_536));
      const length = readSync(fd, chunk, 0, chunk.length, null);
      if (length === 0) break;
      chunks.push(chunk.subarray(0, length));
      left -= length;
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(fd);
  }
}
