import { statSync } from 'node:fs';
import type { WatchedProcess } from '../model/process.ts';
import type { Executable } from '../model/target.ts';
import { sha256OfFile } from '../os/file-digest.ts';
import { livingFolder } from '../os/living-folder.ts';
import type { Procfs } from '../os/procfs.ts';

/** A larger file would take more than some seconds to read. */
const LARGEST_BYTES = 2_000_000_000;

const MAX_EXECUTABLES = 50;

/** What the targets' processes run, by digest. Read through /proc/PID/exe: the file that runs, also where its path now leads to another. */
export class Executables {
  readonly #procfs: Procfs;
  readonly #digests: Map<string, string | null> = new Map();
  readonly #found: Map<string, Map<string, Executable>> = new Map();

  constructor(procfs: Procfs) {
    this.#procfs = procfs;
  }

  /** Reads the files that these processes run now, each once. Not for the time of a window: a large file takes a while. */
  read(processes: readonly WatchedProcess[]): void {
    for (const { pid, target, exe } of processes) {
      const own = this.#found.get(target) ?? new Map<string, Executable>();
      this.#found.set(target, own);
      if (exe === null || own.size >= MAX_EXECUTABLES) continue;
      const sha256 = this.#digestOf(`${this.#procfs.root}/${livingFolder(this.#procfs, pid)}/exe`);
      if (sha256 !== null) own.set(`${exe}\n${sha256}`, { path: exe, sha256 });
    }
  }

  /** Those of a target, in the order of their paths. */
  of(target: string): Executable[] {
    const found = [...(this.#found.get(target)?.entries() ?? [])];
    return found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, executable]) => executable);
  }

  #digestOf(path: string): string | null {
    try {
      const { dev, ino, size, mtimeMs } = statSync(path);
      const key = [dev, ino, size, mtimeMs].join(' ');
      const known = this.#digests.get(key);
      if (known !== undefined) return known;
      const digest = size > LARGEST_BYTES ? null : sha256OfFile(path);
      this.#digests.set(key, digest);
      return digest;
    } catch {
      // It has ended, or belongs to somebody else: then it is not known by digest, and the proof says so.
      return null;
    }
  }
}
