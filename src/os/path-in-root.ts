import { lstatSync, readlinkSync } from 'node:fs';

/** The kernel follows no more than these; see path_resolution(7). */
const MOST_LINKS = 40;

/**
 * An absolute path with all links resolved as somebody sees them whose root is a folder: links to absolute paths begin
 * there, and nothing leads out of it. Null where there is no such file, and for what lies in /proc, which is another for
 * each process.
 * @param root such as /proc/PID/root; empty: our own
 */
export function pathInRoot(root: string, path: string): string | null {
  let done: string[] = [];
  const left = partsOf(path);
  let links = 0;
  try {
    for (let part = left.shift(); part !== undefined; part = left.shift()) {
      if (part === '..') {
        done.pop();
        continue;
      }
      done.push(part);
      if (done[0] === 'proc') return null;
      const at = `${root}/${done.join('/')}`;
      if (!lstatSync(at).isSymbolicLink()) continue;
      links += 1;
      if (links > MOST_LINKS) return null;
      const target = readlinkSync(at);
      if (target.startsWith('/')) done = [];
      else done.pop();
      left.unshift(...partsOf(target));
    }
  } catch {
    return null;
  }
  return `/${done.join('/')}`;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
