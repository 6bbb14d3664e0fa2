import { realpathSync } from 'node:fs';
import type { WatchedTarget } from '../core/rules/strangers.ts';

/** Where the folders of a target really lie, as rules about files have to call them; not known where a command may still make one of them. */
export function withFolders<T extends Pick<WatchedTarget, 'files'>>(
  target: T,
): T & Pick<WatchedTarget, 'folders'> {
  try {
    return { ...target, folders: (target.files ?? []).map((folder) => realpathSync(folder)) };
  } catch {
    return target;
  }
}
