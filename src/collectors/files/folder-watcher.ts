import { basename, join } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';
import { inotifyProblem } from '../../os/inotify-problem.ts';
import type { FolderEvent } from './inventory.ts';

export interface FolderWatcherOptions {
  /** Called once, when events come from all folders that were there. */
  onReady: () => void;
  onEvent: (path: string, event: FolderEvent, folder: string) => void;
  /** Some folder cannot be watched; the reason in words. */
  onError: (reason: string) => void;
  isIgnored: (path: string) => boolean;
}

/**
 * Hears of everything that happens to the names in a folder and its subfolders. chokidar keeps an inotify watch on each
 * folder, none on files: a folder tells what happens to the files in it, and 10,000 files cost nothing. Its raw events are
 * taken, because the cooked ones are joined, delayed, and silent about what came and went.
 */
export class FolderWatcher {
  readonly #watcher: FSWatcher;

  constructor(root: string, { onReady, onEvent, onError, isIgnored }: FolderWatcherOptions) {
    // Not persistent: it keeps no process alive.
    this.#watcher = watch(root, {
      persistent: false,
      ignoreInitial: true,
      followSymlinks: false,
      ignorePermissionErrors: true,
      atomic: false,
      ignored: (path, stats) => isIgnored(path) || (stats !== undefined && !stats.isDirectory()),
    });
    this.#watcher.on('ready', onReady);
    this.#watcher.on('raw', (event, name: string | null, details: unknown) => {
      const { watchedPath } = details as { watchedPath?: string };
      if (watchedPath === undefined || name === null || (event !== 'rename' && event !== 'change')) return;
      // What happens to the folder itself comes under its own name, as if it were a file in it: see fs.watch of libuv.
      const isItself = name === basename(watchedPath);
      if (isItself) onEvent(watchedPath, null, watchedPath);
      onEvent(join(watchedPath, name), isItself ? null : event, watchedPath);
    });
    this.#watcher.on('error', (error) => onError(inotifyProblem(error)));
  }

  close(): void {
    this.#watcher.close().catch(() => {});
  }
}
