import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { IdleproofError } from '../../../errors.ts';

/** Programs of root are not in the PATH of an ordinary user everywhere. */
const USUAL_FOLDERS: readonly string[] = ['/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** Debian's package that brings each program; others call theirs alike. */
const PACKAGES = {
  sh: 'dash',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  nsenter: 'util-linux',
  ip: 'iproute2',
} as const;

/** Paths of what a network of its own is made with. */
export interface NetworkTools extends Record<keyof typeof PACKAGES, string> {
  /** What tells of short connections: `ss`, and `stdbuf`, without which it tells late. Null where one is missing. */
  ss: string | null;
  stdbuf: string | null;
}

/** Finds them. Throws an IdleproofError for the first that is missing. */
export function findNetworkTools(): NetworkTools {
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder.startsWith('/'));
  const folders = [...new Set([...path, ...USUAL_FOLDERS])];
  const found = Object.entries(PACKAGES).map(([tool, source]) => {
    const file = findProgram(tool, folders);
    if (file === null) throw new IdleproofError('OFFLINE_TOOL_MISSING', { tool, package: source });
    return [tool, file] as const;
  });
  return {
    ...(Object.fromEntries(found) as Record<keyof typeof PACKAGES, string>),
    ss: findProgram('ss', folders),
    stdbuf: findProgram('stdbuf', folders),
  };
}

function findProgram(name: string, folders: readonly string[]): string | null {
  return folders.map((folder) => join(folder, name)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
