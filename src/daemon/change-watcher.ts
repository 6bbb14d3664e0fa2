import { statSync } from 'node:fs';
import { watch } from 'chokidar';
import { STAMP_GRAIN_MS } from '../os/stamp-grain.ts';

/** An editor writes a file in several steps: it is read when it has been left alone for so long. */
const QUIET_MS = 300;

/**
 * Not every change is told: a file that was deleted is not waited for, a link can lead elsewhere, a folder can be swapped, and a
 * network file system tells nothing. A comparison now and then finds them all.
 */
const COMPARE_MS = 5_000;

export interface ChangeWatcher {
  /**
   * Other files from now on.
   * @param readMs when they were read: what changed in those that are new since then counts, too
   */
  watch(paths: readonly string[], readMs: number): void;
  close(): Promise<void>;
}

/** Calls back when one of the files was changed, replaced, removed or made; several changes at once are one. */
export function watchChanges(
  paths: readonly string[],
  onChange: () => void,
  compareMs: number = COMPARE_MS,
): ChangeWatcher {
  const known = new Map<string, string>(paths.map((path) => [path, signatureOf(path)]));
  let timer: NodeJS.Timeout | null = null;
  const watcher = watch([...paths], { ignoreInitial: true, persistent: true });
  const note = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      for (const path of known.keys()) known.set(path, signatureOf(path));
      onChange();
    }, QUIET_MS);
  };
  const compare = (): void => {
    for (const [path, before] of known) {
      const now = signatureOf(path);
      if (now === before) continue;
      known.set(path, now);
      // What is there now is another file than the one that it hears of.
      watcher.unwatch(path);
      watcher.add(path);
      note();
    }
  };
  watcher.on('all', note);
  // What it cannot watch it compares.
  watcher.on('error', () => {});
  const comparing = setInterval(compare, compareMs).unref();
  return {
    watch: (next, readMs) => {
      const gone = [...known.keys()].filter((path) => !next.includes(path));
      const added = next.filter((path) => !known.has(path));
      for (const path of gone) known.delete(path);
      for (const path of added) known.set(path, signatureOf(path, readMs));
      watcher.unwatch(gone);
      watcher.add(added);
    },
    close: async () => {
      if (timer !== null) clearTimeout(timer);
      clearInterval(comparing);
      await watcher.close();
    },
  };
}

/** Differs when there is another file behind a path, or other content in it. Changed since `readMs`: a value that it never has again. */
function signatureOf(path: string, readMs = Number.POSITIVE_INFINITY): string {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    const isChanged = Number(ctimeNs / 1_000_000n) >= readMs - STAMP_GRAIN_MS;
    return isChanged ? 'changed' : `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
}
