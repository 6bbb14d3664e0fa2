import { type FSWatcher, watch } from 'node:fs';

/** Elsewhere a file that was renamed cannot be watched any more, and is looked at each time. */
const CAN_WATCH: boolean = process.platform === 'linux';

/** So many changes between two looks; then it is looked at without having been watched any longer. */
const MOST_NEWS = 100;

/**
 * Says whether something may have happened to an open file since it was last asked: it grew, was cut, renamed or deleted. It watches
 * the file alone (inotify(7)), so that what happens beside it costs nothing, and after the first news of a look not for long, so that a
 * log that is written all the time costs no more than that. Where it fails, it answers «yes» each time.
 */
export class LogWatcher {
  readonly #path: string;
  readonly #onNews: () => void;
  #watcher: FSWatcher | null = null;
  #hasNews = true;
  #wasMoved = false;
  #left = 0;

  /** @param fd of the file, whatever it is called by now */
  constructor(fd: number, onNews: () => void) {
    this.#path = `/proc/self/fd/${fd}`;
    this.#onNews = onNews;
  }

  get hasNews(): boolean {
    return this.#hasNews;
  }

  /** Whether the file was renamed since the last call. */
  takeMoved(): boolean {
    const wasMoved = this.#wasMoved;
    this.#wasMoved = false;
    return wasMoved;
  }

  /** To be called before the file is read: whatever happens from now on is news. */
  arm(): void {
    this.#left = MOST_NEWS;
    this.#watcher ??= this.#watch();
    this.#hasNews = this.#watcher === null;
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }

  #watch(): FSWatcher | null {
    if (!CAN_WATCH) return null;
    try {
      // Not persistent: it keeps no process alive.
      const watcher = watch(this.#path, { persistent: false }, (event) => this.#tell(watcher, event));
      return watcher.on('error', () => {
        if (watcher === this.#watcher) this.close();
        this.#tellNews();
      });
    } catch {
      // Too many watches: it is looked at each time.
      return null;
    }
  }

  /** @param watcher may be one of before, whose news comes late */
  #tell(watcher: FSWatcher, event: string): void {
    if (watcher !== this.#watcher) return;
    // The file itself was moved (IN_MOVE_SELF); what changes its contents or attributes is told as `change`.
    if (event === 'rename') this.#wasMoved = true;
    this.#left -= 1;
    if (this.#left <= 0) this.close();
    this.#tellNews();
  }

  #tellNews(): void {
    if (this.#hasNews) return;
    this.#hasNews = true;
    this.#onNews();
  }
}
