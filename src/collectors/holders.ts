import type { WatchedProcess } from '../model/process.ts';
import type { Procfs } from '../os/procfs.ts';

/** How the target's open files relate to the file that we read. */
export interface Holding {
  /** The target holds another or a deleted file of that path, and none of ours: we read the wrong one. */
  problem: string | null;
  /** Held by nobody, or not to be seen: no fault, but worth saying. */
  note: string | null;
}

const DELETED = ' (deleted)';

/** What tells a file from others, whatever it is called. */
export interface FileIdentity {
  device: number;
  inode: number;
}

/** Compares device and inode of what the processes hold open with those of the files that are read for `path` (a real path). */
export function findHolders(
  procfs: Procfs,
  processes: readonly WatchedProcess[],
  path: string,
  files: readonly FileIdentity[],
): Holding {
  let other: string | null = null;
  let unreadable = 0;
  for (const { pid, name } of processes) {
    let fds: string[];
    try {
      fds = procfs.list(`${pid}/fd`) ?? [];
    } catch {
      unreadable += 1;
      continue;
    }
    for (const fd of fds) {
      const held = readHeld(procfs, `${pid}/fd/${fd}`);
      if (held === null) continue;
      if (files.some(({ device, inode }) => held.device === device && held.inode === inode))
        return { problem: null, note: null };
      if (held.link === path + DELETED) {
        other = `${name} (pid ${pid}) holds a deleted ${path}: what it writes goes where nobody else can read it`;
      } else if (held.link === path) {
        other = `${name} (pid ${pid}) holds another file than ours as ${path} (a mount or container of its own?)`;
      }
    }
  }
  if (other !== null) return { problem: other, note: null };
  if (unreadable > 0) {
    return { problem: null, note: `whether the target holds ${path} open may not be seen by this user` };
  }
  return { problem: null, note: `${path} was not held open by the target when looked at` };
}

/** Null for sockets, pipes, and what is gone or may not be followed. */
function readHeld(procfs: Procfs, entry: string): { link: string; device: number; inode: number } | null {
  try {
    const link = procfs.link(entry);
    if (link === null || !link.startsWith('/')) return null;
    const identity = procfs.identity(entry);
    return identity === null ? null : { link, device: identity.device, inode: identity.inode };
  } catch {
    return null;
  }
}
