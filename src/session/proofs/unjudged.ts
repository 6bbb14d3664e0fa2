import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WindowKey } from '../../model/evidence.ts';
import { nthFolder, runFolderName } from './run-folder.ts';

/** In a folder of its own, in place of a proof: nobody can judge this window any more. */
export const UNJUDGED_FILE = 'unjudged.txt';

const about = ({ id, fromMs }: WindowKey): string =>
  `Nobody can judge the window ${id} that opened at ${new Date(fromMs).toISOString()} any more: `;

const runNameOf = ({ id, fromMs }: WindowKey): string => runFolderName(new Date(fromMs), [id]);

/** Where it is written down that nobody can judge a window any more; null: nowhere. */
export function findUnjudged(parent: string, window: WindowKey): string | null {
  for (let nth = 1; ; nth += 1) {
    const folder = nthFolder(parent, runNameOf(window), nth);
    if (!existsSync(folder)) return null;
    const path = join(folder, UNJUDGED_FILE);
    if (existsSync(path) && readFileSync(path, 'utf8').startsWith(about(window))) return folder;
  }
}

/**
 * Writes down beside the proofs that a window has none and will have none, and why: once, whoever says so again.
 * @returns the folder
 * @throws NodeJS.ErrnoException where it cannot be written
 */
export function noteUnjudged(parent: string, window: WindowKey, problem: string): string {
  const found = findUnjudged(parent, window);
  if (found !== null) return found;
  const name = runNameOf(window);
  let nth = 1;
  while (existsSync(nthFolder(parent, name, nth))) nth += 1;
  const folder = nthFolder(parent, name, nth);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, UNJUDGED_FILE), `${about(window)}${problem}\n`);
  return folder;
}
