import { existsSync, renameSync } from 'node:fs';

/** What SQLite writes beside a database; each goes where the database goes. */
const SIDE_FILES: readonly string[] = ['', '-wal', '-shm', '-journal'];

/**
 * Renames a database that cannot be used, and its side files, to `<path>.<UTC time>`, with `-2`, `-3`, … when that
 * name is taken: nothing is deleted. Returns the new path.
 */
export function setAside(path: string, at: Date): string {
  const stamp = at.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  for (let nth = 1; ; nth += 1) {
    const aside = `${path}.${stamp}${nth === 1 ? '' : `-${nth}`}`;
    if (SIDE_FILES.some((side) => existsSync(`${aside}${side}`))) continue;
    // The database last: interrupted in between, it is still here, and set aside by the next start.
    for (const side of SIDE_FILES.toReversed()) {
      if (existsSync(`${path}${side}`)) renameSync(`${path}${side}`, `${aside}${side}`);
    }
    return aside;
  }
}
