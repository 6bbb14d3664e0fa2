import { basename, dirname } from 'node:path';
import { type FSWatcher, watch } from 'node:fs';

/**
 * Says whether a database, its -wal or its -journal may have changed since it was last asked, and since when, so that a quiet one
 * costs nothing at a look, however busy its folder is. Three things rest on it:
 * - at which looks the database is read. Where it fails, it answers «yes» each time;
 * - which rows were written long after what they are stamped with (`backdated`): those excuse nothing. Where it fails, nobody is known
 *   to have been silent since the last look that read the database, and stamps from after that are believed;
 * - whether another file was in the database's place for a while. Where it fails, only what FilePlace finds touched tells that.
 *
 * What is written without an event (by another host, on a file system of the network) it takes for silence. Such rows are found by the
 * slow poll and at full looks, and count as backdated where their stamps are older than the look before.
 */
export class DatabaseWatcher {
  readonly path: string;
  readonly #watcher: FSWatcher | null;
  #dirty = true;
  #wasMoved = false;
  #reliable = true;
  /** When it first heard of a change since it was last cleaned; null: of none. */
  changedAtMs: number | null = null;

  /** `onChange` is called at each change; it may come more than once for one. */
  constructor(path: string, nowMs: () => number, onChange: () => void) {
    this.path = path;
    const folder = dirname(path);
    const own = new Set(['', '-wal', '-journal'].map((ending) => basename(path) + ending));
    const onEvent = (event: string, name: string | null): void => {
      // Told so of a name in a folder that came, went, or is another file's now.
      if (event === 'rename' && name === basename(path)) this.#wasMoved = true;
      // The folder itself was moved or deleted, and what is watched is elsewhere now.
      if (name === basename(folder)) this.#reliable = false;
      else if (name !== null && !own.has(name)) return;
      this.#dirty = true;
      this.changedAtMs ??= nowMs();
      onChange();
    };
    this.#watcher = watchFolder(folder, onEvent, () => {
      this.#reliable = false;
      onChange();
    });
    if (this.#watcher === null) this.#reliable = false;
  }

  get isDirty(): boolean {
    return this.#dirty || !this.#reliable;
  }

  /** Whether it hears of what is written. */
  get isReliable(): boolean {
    return this.#reliable;
  }

  /** Whether the database itself came or went since the last call. */
  takeMoved(): boolean {
    const wasMoved = this.#wasMoved;
    this.#wasMoved = false;
    return wasMoved;
  }

  /** To be called before the database is read. */
  clean(): void {
    this.#dirty = !this.#reliable;
    this.changedAtMs = null;
  }

  close(): void {
    this.#watcher?.close();
  }
}

/** The folder, not the files: the app deletes and makes them again. Not persistent: it keeps no process alive. */
function watchFolder(
  folder: string,
  onEvent: (event: string, name: string | null) => void,
  onError: () => void,
): FSWatcher | null {
  try {
    return watch(folder, { persistent: false }, onEvent).on('error', onError);
  } catch {
    return null;
  }
}
