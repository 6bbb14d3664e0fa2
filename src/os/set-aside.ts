import { existsSync, renameSync } from 'node:fs';

/** What SQLite writes beside a database; each goes where the database goes. */
const SIDE_FILES: readonly string[] = ['', '-wal', '-shm', '-journal'];

/**
 * Renames a database that cannot be used, and its side files: to its path with `endOf(1)`, or `endOf(2)`, … when that
 * name is taken. Nothing is deleted. Returns the new path.
 */
export function setAside(path: string, endOf: (nth: number) => string): string {
  for (let nth = 1; ; nth += 1) {
    const aside = `${path}${endOf(nth)}`;
    if (SIDE_FILES.some((side) => existsSync(`${aside}${side}`))) continue;
    // The database last: interrupted in between, it is still here, and set aside by the next start.
    for (const side of SIDE_FILES.toReversed()) {
      if (existsSync(`${path}${side}`)) renameSync(`${path}${side}`, `${aside}${side}`);
    }
    return aside;
  }
}
