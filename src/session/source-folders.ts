import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { IdleproofError } from '../errors.ts';
import type { WatchedProcess } from '../model/process.ts';
import type { TargetSpec } from '../model/target.ts';

/**
 * A database or log that is not there may come. Where its folder is not either, though the app runs, its path is mistyped: nothing would ever be read
 * there. An app that does not run yet, or was started just now, may still make the folder.
 * @throws IdleproofError SOURCE_FOLDER
 */
export function assertSourceFolders(
  targets: readonly TargetSpec[],
  processes: readonly WatchedProcess[],
): void {
  const running = new Set(processes.map(({ target }) => target));
  for (const { name, select, events, logs = [] } of targets) {
    if (select.by === 'command' || !running.has(name)) continue;
    const paths = [...(events === null ? [] : [events.sqlite]), ...logs.map(({ file }) => file)];
    const lost = paths.find((path) => !mayBeFolder(dirname(path)));
    if (lost !== undefined) throw new IdleproofError('SOURCE_FOLDER', { path: lost, folder: dirname(lost) });
  }
}

/** Also where this user may not see it: the collector says so. */
function mayBeFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}
