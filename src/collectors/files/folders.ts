import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { sep } from 'node:path';
import { IdleproofError } from '../../errors.ts';

/** Whether a path is a folder or lies below it. */
export function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/**
 * Real paths of the folders that a target's files lie in, those that lie in another one left out.
 * @throws IdleproofError FILES_FOLDER for what is missing, no folder, or unreadable
 */
export function resolveFolders(paths: readonly string[]): string[] {
  const folders = [...new Set(paths.map(resolveFolder))];
  return folders.filter((one) => !folders.some((other) => other !== one && isInside(other, one)));
}

function resolveFolder(path: string): string {
  let problem: string;
  try {
    const folder = realpathSync(path);
    if (statSync(folder).isDirectory()) {
      accessSync(folder, constants.R_OK | constants.X_OK);
      return folder;
    }
    problem = 'it is not a folder';
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    problem =
      code === 'ENOENT'
        ? 'it does not exist'
        : code === 'EACCES'
          ? 'it may not be read by this user'
          : message;
  }
  throw new IdleproofError('FILES_FOLDER', { path, problem });
}
