import { lstatSync, readlinkSync } from 'node:fs';

/** Where a path leads now. */
export interface FoundPath {
  path: string;
  /**
   * Since when it has led there for certain, by the wall clock; to a file that may have been written since. Whoever turns a link, or puts
   * another file or folder in the place of one, moves the time stamps (ctime) both of what he puts there and of the folder that it lies in.
   */
  sinceMs: number;
}

/** A folder or file on the way. */
interface Step {
  name: string;
  changedMs: number;
}

/** The kernel follows no more than these; see path_resolution(7). */
const MOST_LINKS = 40;

/**
 * An absolute path with all links resolved as somebody sees them whose root is a folder: links to absolute paths begin
 * there, and nothing leads out of it. Null where there is no such file, and for what lies in /proc, which is another for
 * each process.
 * @param root such as /proc/PID/root; empty: our own
 */
export function pathInRoot(root: string, path: string): FoundPath | null {
  let done: Step[] = [];
  const left = partsOf(path);
  let links = 0;
  try {
    const rootChangedMs = lstatSync(`${root}/`).ctimeMs;
    let sinceMs = 0;
    for (let part = left.shift(); part !== undefined; part = left.shift()) {
      if (part === '..') {
        done.pop();
        continue;
      }
      const folderChangedMs = done.at(-1)?.changedMs ?? rootChangedMs;
      const at = `${root}/${[...done.map(({ name }) => name), part].join('/')}`;
      if ((done[0]?.name ?? part) === 'proc') return null;
      const entry = lstatSync(at);
      // A folder's own stamp moves with whatever else is put into it; then what it lies in has not been touched.
      sinceMs = Math.max(sinceMs, Math.min(entry.ctimeMs, folderChangedMs));
      if (!entry.isSymbolicLink()) {
        done.push({ name: part, changedMs: entry.ctimeMs });
        continue;
      }
      links += 1;
      if (links > MOST_LINKS) return null;
      const target = readlinkSync(at);
      if (target.startsWith('/')) done = [];
      left.unshift(...partsOf(target));
    }
    return { path: `/${done.map(({ name }) => name).join('/')}`, sinceMs };
  } catch {
    return null;
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
