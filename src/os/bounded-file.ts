import { readFileSync, statSync } from 'node:fs';

/** The bytes of a file that somebody else may have put there. Throws, in words for people, for what is no file or too large. */
export function readBoundedFile(path: string, maxBytes: number): Buffer {
  const stat = statSync(path);
  // A pipe of that name would be waited for without end.
  if (!stat.isFile()) throw new Error('it is not a file');
  if (stat.size > maxBytes) throw new Error(`it is larger than ${maxBytes / 1e6} MB`);
  return readFileSync(path);
}
