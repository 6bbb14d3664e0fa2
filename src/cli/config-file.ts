import { lstatSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { IdleproofError } from '../errors.ts';

/** Throws where something is at the path, be it a link to nowhere. */
export function refuseExisting(path: string): void {
  let isThere: boolean;
  try {
    isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw unwritable(path, error);
  }
  if (isThere) throw new IdleproofError('CONFIG_EXISTS', { path });
}

/** Writes the file whole or not at all. @param replace whether one that is there may be replaced */
export function writeConfig(path: string, text: string, replace: boolean): void {
  const draft = replace ? `${path}.${process.pid}.new` : path;
  try {
    writeFileSync(draft, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new IdleproofError('CONFIG_EXISTS', { path });
    tidy(draft);
    throw unwritable(path, error);
  }
  if (!replace) return;
  try {
    renameSync(draft, path);
  } catch (error) {
    tidy(draft);
    throw unwritable(path, error);
  }
}

/** A part of a file that did not fit the disk is worth nothing. */
function tidy(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // Nothing was made where nothing may be removed.
  }
}

function unwritable(path: string, error: unknown): IdleproofError {
  return new IdleproofError('CONFIG_WRITE', { path, problem: (error as Error).message }, error);
}
