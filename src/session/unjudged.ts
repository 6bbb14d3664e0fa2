import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WindowKey } from '../model/evidence.ts';
import { nthFolder, runFolderName } from './run-folder.ts';

/** In a folder of its own, in place of a proof: nobody can judge this window any more. */
export const UNJUDGED_FILE = 'unjudged.txt';

/**
 * Writes down beside the proofs that a window has none and will have none, and why: once, whoever says so again.
 * @returns the folder
 * @throws NodeJS.ErrnoException where it cannot be written
 */
export function noteUnjudged(parent: string, { id, fromMs }: WindowKey, problem: string): string {
  const openedAt = new Date(fromMs);
  const text = `Nobody can judge the window ${id} that opened at ${openedAt.toISOString()} any more: ${problem}\n`;
  const name = runFolderName(openedAt, [id]);
  for (let nth = 1; ; nth += 1) {
    const folder = nthFolder(parent, name, nth);
    const path = join(folder, UNJUDGED_FILE);
    if (!existsSync(folder)) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, text);
      return folder;
    }
    if (existsSync(path) && readFileSync(path, 'utf8') === text) return folder;
  }
}
