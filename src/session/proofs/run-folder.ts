import { accessSync, constants, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { IdleproofError } from '../../errors.ts';

const MAX_NAME = 60;

/**
 * Makes a new folder `YYYY-MM-DD_HHMM_<target>` (local time) below `parent`, with `-2`, `-3`, … when that name is
 * taken: nothing is ever overwritten, not by another run in the same minute either.
 */
export function makeRunFolder(parent: string, startedAt: Date, targets: readonly string[]): string {
  const name = runFolderName(startedAt, targets);
  try {
    mkdirSync(parent, { recursive: true });
    accessSync(parent, constants.W_OK);
    for (let nth = 1; ; nth += 1) {
      const folder = nthFolder(parent, name, nth);
      if (tryMake(folder)) return folder;
    }
  } catch (error) {
    throw new IdleproofError('REPORT_FOLDER', { folder: parent, problem: (error as Error).message }, error);
  }
}

/** The name that a run's folder has where it is not taken. */
export const runFolderName = (startedAt: Date, targets: readonly string[]): string =>
  `${stamp(startedAt)}_${safeName(targets.join('+'))}`;

/** The folders that bear a name: itself, then `-2`, `-3`, … */
export const nthFolder = (parent: string, name: string, nth: number): string =>
  join(parent, nth === 1 ? name : `${name}-${nth}`);

/** Takes back a folder whose run never began. */
export function dropRunFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

function tryMake(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

const two = (value: number): string => String(value).padStart(2, '0');

function stamp(at: Date): string {
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}_${two(at.getHours())}${two(at.getMinutes())}`;
}

const safeName = (name: string): string =>
  name
    .replaceAll(/[^\w.+-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, MAX_NAME) || 'target';
