import { dirname } from 'node:path';
import { type FSWatcher, watch } from 'chokidar';

/**
 * Says whether a database, its -wal or its -journal may have changed since it was last asked, so that a quiet one
 * costs nothing at a look. It only saves work: until it is ready, and where it fails, it answers «yes» each time.
 */
export class DatabaseWatcher {
  readonly path: string;
  readonly #watcher: FSWatcher;
  #dirty = true;
  #reliable = false;

  /** `onChange` is called at each change; it may come more than once for one. */
  constructor(path: string, onChange: () => void) {
    this.path = path;
    const folder = dirname(path);
    const names = new Set([folder, path, `${path}-wal`, `${path}-journal`]);
    // The folder, not the files: the app deletes and makes them again. Not persistent: it keeps no process alive.
    this.#watcher = watch(folder, {
      persistent: false,
      ignoreInitial: true,
      depth: 0,
      atomic: false,
      ignored: (candidate) => !names.has(candidate),
    });
    const changed = (): void => {
      this.#dirty = true;
      onChange();
    };
    this.#watcher.on('ready', () => (this.#reliable = true));
    this.#watcher.on('all', changed);
    this.#watcher.on('raw', changed);
    this.#watcher.on('error', () => {
      this.#reliable = false;
      onChange();
    });
  }

  get isDirty(): boolean {
    return this.#dirty || !this.#reliable;
  }

  /** To be called before the database is read. What changes until the watcher is ready is not told: once more then. */
  clean(): void {
    this.#dirty = !this.#reliable;
  }

  close(): void {
    this.#watcher.close().catch(() => {});
  }
}
