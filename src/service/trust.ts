import { realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

const WRITABLE_BY_OTHERS = 0o022;

/**
 * Files, out of those that a service of root runs or obeys, that somebody else could change, with the reason: whoever can,
 * runs programs as root. Looks at the file and the folders above it, as it is called and, through links, where it lies.
 */
export function changeableByOthers(paths: readonly string[]): { path: string; reason: string }[] {
  return paths.flatMap((path) => {
    const reason = reasonOf(path) ?? reasonOf(realpathSync(path));
    return reason === null ? [] : [{ path, reason }];
  });
}

function reasonOf(path: string): string | null {
  for (let at = path; ; at = dirname(at)) {
    const { uid, mode } = statSync(at);
    const isSticky = (mode & 0o1000) !== 0;
    if (uid !== 0) return `${at} belongs to user ${uid}`;
    if ((mode & WRITABLE_BY_OTHERS) !== 0 && !isSticky) return `${at} can be written by others`;
    if (at === dirname(at)) return null;
  }
}
