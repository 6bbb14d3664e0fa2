import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Beside a proof: the window that it is about turned out to be none, and why. The proof itself is never changed. */
export const WITHDRAWN_FILE = 'withdrawn.txt';

/** @throws NodeJS.ErrnoException where the folder cannot be written */
export function withdrawProof(folder: string, reason: string): void {
  writeFileSync(join(folder, WITHDRAWN_FILE), `This was no idle window after all: ${reason}\n`);
}
