import type { Look } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { SharesFiles } from '../../os/kcmp.ts';
import type { LookReader } from './look-reader.ts';

/**
 * Finds threads that have left their process in a way that hides their sockets: into another network namespace, or with a table
 * of open files of their own (unshare(2)). Asked when the threads changed, and at full looks.
 */
export class ThreadsApart {
  readonly #reader: LookReader;
  readonly #sharesFiles: SharesFiles;
  readonly #asked: Map<number, string> = new Map();

  constructor(reader: LookReader, sharesFiles: SharesFiles) {
    this.#reader = reader;
    this.#sharesFiles = sharesFiles;
  }

  /** What such a thread has for itself, in words; null where there is none. */
  find(look: Look, { id, pid }: WatchedProcess): string | null {
    // A first thread that has ended has nothing that the others could have for themselves.
    const threads = (this.#reader.threads(look, pid) ?? []).filter(({ state }) => state !== 'Z');
    const key = threads.map(({ tid }) => tid).join(' ');
    if (threads.length < 2 || (!look.full && this.#asked.get(id) === key)) return null;
    this.#asked.set(id, key);
    const namespaceOf = (tid: number): string | null => this.#reader.procfs.link(`${pid}/task/${tid}/ns/net`);
    const [first, ...others] = threads.map(({ tid }) => tid);
    if (first === undefined) return null;
    const namespace = namespaceOf(first);
    for (const tid of others) {
      const own = namespaceOf(tid);
      if (own !== null && own !== namespace) return 'a thread in another network namespace';
      if (this.#sharesFiles(first, tid) === false) return 'a thread with open files of its own';
    }
    return null;
  }

  forget(id: number): void {
    this.#asked.delete(id);
  }
}
