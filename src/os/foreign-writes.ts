import { type FSWatcher, watch } from 'node:fs';
import { inotifyProblem } from './inotify-problem.ts';

/** Its owner goes on writing it; what is written to a marker changes nothing that is recorded. */
const HARMLESS: ReadonlySet<string> = new Set(['set_event_pid', 'trace_marker', 'trace_marker_raw']);

/**
 * Hears when anybody writes to the files that steer an instance of the kernel's trace: who switches it off for a moment, or
 * empties it, leaves no other mark. By inotify(7), a turn of the event loop later; the files of single events are not watched.
 * To be made when its owner has written all of them.
 */
export class ForeignWrites {
  readonly #watchers: FSWatcher[] = [];
  #first: string | null = null;
  #unwatched: string | null = null;

  /** @param folder of the instance */
  constructor(folder: string) {
    for (const path of [folder, `${folder}/events`]) {
      try {
        const watcher = watch(path, { persistent: false }, (_, name) => this.#note(name));
        this.#watchers.push(watcher);
        watcher.on('error', (error) => {
          this.#unwatched ??= inotifyProblem(error);
          watcher.close();
        });
      } catch (error) {
        this.#unwatched ??= inotifyProblem(error);
      }
    }
  }

  /** The name of the file that was written first; null: none, as far as is known. */
  get first(): string | null {
    return this.#first;
  }

  /** Why not all of these files are watched, so that `first` says nothing of the others; null: they are. */
  get unwatched(): string | null {
    return this.#unwatched;
  }

  close(): void {
    for (const watcher of this.#watchers.splice(0)) watcher.close();
  }

  #note(name: string | null): void {
    if (name === null || !HARMLESS.has(name)) this.#first ??= name ?? 'a file';
  }
}
