import { type BigIntStats, lstatSync } from 'node:fs';

/** What lstat(2) says of one name in a folder, as far as it tells whether something was written. */
export interface Entry {
  /** Device, inode and time of birth: a number alone is given to the next file as soon as it is free. */
  identity: string;
  kind: 'file' | 'folder' | 'other';
  sizeBytes: bigint;
  /** Of a folder: when a name in it was last made, removed or changed. */
  modifiedNs: bigint;
  /** When name, owner, permissions or content were last changed. */
  changedNs: bigint;
  /** Owner, permissions and number of links. */
  attributes: string;
}

const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/** The entry of that path, links not followed; null where there is none. Throws where it may not be looked at. */
export function readEntry(path: string): Entry | null {
  try {
    const stats = lstatSync(path, { bigint: true });
    const { dev, ino, birthtimeNs, size, mtimeNs, ctimeNs, uid, gid, mode, nlink } = stats;
    return {
      identity: `${dev}:${ino}:${birthtimeNs}`,
      kind: kindOf(stats),
      sizeBytes: size,
      modifiedNs: mtimeNs,
      changedNs: ctimeNs,
      attributes: `${uid}:${gid}:${mode}:${nlink}`,
    };
  } catch (error) {
    if (GONE.has((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}

/** Whether a file was written; other permissions, owners and links to it are no content. */
export function wasWritten(before: Entry, after: Entry): boolean {
  if (after.kind !== 'file') return false;
  return before.sizeBytes !== after.sizeBytes || before.modifiedNs !== after.modifiedNs;
}

/** Whether a file was touched in a way that does not show: written and its time stamp set back, or another attribute set. */
export function wasTouched(before: Entry, after: Entry): boolean {
  if (after.kind !== 'file' || wasWritten(before, after)) return false;
  return before.changedNs !== after.changedNs && before.attributes === after.attributes;
}

function kindOf(stats: BigIntStats): Entry['kind'] {
  if (stats.isFile()) return 'file';
  return stats.isDirectory() ? 'folder' : 'other';
}

/** The same; null also where it may not be looked at. */
export function tryReadEntry(path: string): Entry | null {
  try {
    return readEntry(path);
  } catch {
    return null;
  }
}
