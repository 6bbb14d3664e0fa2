import { parseDeletedPath } from '../core/parse/deleted-path.ts';
import { sayProcess } from '../core/wording/process.ts';
import type { WatchedProcess } from '../model/process.ts';
import type { Procfs } from '../os/procfs.ts';
import { livingFolder } from '../os/living-folder.ts';

/** How the target's open files relate to the file that we read. */
export interface Holding {
  /** The target holds another or a deleted file of that path: what it writes there is in none that we read. */
  problem: string | null;
  /** Held by nobody, or not to be seen: no fault, but worth saying. */
  note: string | null;
}

/** What tells a file from others, whatever it is called. */
export interface FileIdentity {
  device: number;
  inode: number;
}

/** A file that a process holds open, as it was when looked at. */
export interface OpenFile extends FileIdentity {
  process: WatchedProcess;
  /** Its descriptor below the root of procfs. */
  entry: string;
  /** As the process calls it, in its own view of the file system. */
  path: string;
  isDeleted: boolean;
}

/** What the processes of a target hold open, as far as it may be seen. */
export interface OpenFiles {
  files: OpenFile[];
  /** Processes whose descriptors this user may not see. */
  unseen: WatchedProcess[];
}

/** Files only: no sockets, no pipes, and nothing that is gone or may not be followed. */
export function readOpenFiles(procfs: Procfs, processes: readonly WatchedProcess[]): OpenFiles {
  const open: OpenFiles = { files: [], unseen: [] };
  for (const process of processes) {
    let folder: string;
    let fds: string[];
    try {
      folder = `${livingFolder(procfs, process.pid)}/fd`;
      fds = procfs.list(folder) ?? [];
    } catch {
      open.unseen.push(process);
      continue;
    }
    for (const fd of fds) {
      const file = readOpenFile(procfs, process, `${folder}/${fd}`);
      if (file !== null) open.files.push(file);
    }
  }
  return open;
}

/** The file behind one descriptor; null where it is none, or gone. */
export function readOpenFile(procfs: Procfs, process: WatchedProcess, entry: string): OpenFile | null {
  try {
    const link = procfs.link(entry);
    if (link === null || !link.startsWith('/')) return null;
    const identity = procfs.identity(entry);
    if (identity === null) return null;
    const { device, inode } = identity;
    return { process, entry, ...parseDeletedPath(link), device, inode };
  } catch {
    return null;
  }
}

export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  return one.device === other.device && one.inode === other.inode;
}

/**
 * Compares device and inode of what the processes hold open with those of the files that are read for `path` (a real path). One process that
 * holds the right file says nothing about the others, nor about what else it holds.
 */
export function findHolders(open: OpenFiles, path: string, read: readonly FileIdentity[]): Holding {
  const isRead = (file: OpenFile): boolean => read.some((known) => isSameFile(known, file));
  const wrong = open.files.find((file) => file.path === path && !isRead(file));
  const [unseen] = open.unseen;
  const isHeld = open.files.some(isRead);
  return {
    problem: wrong === undefined ? null : wrongFile(wrong, path),
    note: unseen === undefined ? (isHeld ? null : notHeld(path)) : notSeen(unseen, path),
  };
}

function wrongFile({ process, isDeleted }: OpenFile, path: string): string {
  const who = sayProcess(process);
  return isDeleted
    ? `${who} holds a deleted ${path}: what it writes goes where nobody else can read it`
    : `${who} holds another file than ours as ${path} (a mount or container of its own?)`;
}

function notHeld(path: string): string {
  return `${path} was not held open by the target when looked at`;
}

function notSeen(process: WatchedProcess, path: string): string {
  return `whether ${sayProcess(process)} holds ${path} open may not be seen by this user`;
}
