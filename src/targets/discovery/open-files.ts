import { statSync } from 'node:fs';
import { parseDeletedPath } from '../../core/parse/deleted-path.ts';
import { parseIsWritable } from '../../core/parse/fdinfo.ts';
import { livingFolder } from '../../os/living-folder.ts';
import type { Procfs } from '../../os/procfs.ts';
import { permitted } from '../process-table.ts';

/** A regular file that a process holds open. */
export interface OpenFile {
  path: string;
  fd: number;
  isWritable: boolean;
  /** Whether that path leads to it here: it was not deleted, and is not in a file system that only the process sees. */
  isReachable: boolean;
}

const MOST_FILES = 4096;

/** The regular files that a process holds open, the first 4096; null where they may not be seen. */
export function readOpenFiles(procfs: Procfs, pid: number): OpenFile[] | null {
  const folder = livingFolder(procfs, pid);
  const fds = permitted(() => procfs.list(`${folder}/fd`) ?? []);
  if (fds === null) return null;
  return fds.slice(0, MOST_FILES).flatMap((fd) => readOpenFile(procfs, folder, Number(fd)) ?? []);
}

/** Where a process works, if that folder is the same here; null where it may not be seen, or is another one. */
export function readWorkingFolder(procfs: Procfs, pid: number): string | null {
  const entry = `${livingFolder(procfs, pid)}/cwd`;
  const path = permitted(() => procfs.link(entry));
  return path !== null && isHere(procfs, entry, path) ? path : null;
}

function readOpenFile(procfs: Procfs, folder: string, fd: number): OpenFile | null {
  const entry = `${folder}/fd/${fd}`;
  const link = permitted(() => procfs.link(entry));
  if (link === null || !link.startsWith('/') || !isRegular(procfs, entry)) return null;
  return {
    path: parseDeletedPath(link).path,
    fd,
    isWritable: parseIsWritable(permitted(() => procfs.read(`${folder}/fdinfo/${fd}`)) ?? '') === true,
    isReachable: isHere(procfs, entry, link),
  };
}

function isRegular(procfs: Procfs, entry: string): boolean {
  try {
    return statSync(`${procfs.root}/${entry}`).isFile();
  } catch {
    return false;
  }
}

/** Another mount namespace or root can give the same path to another file. */
function isHere(procfs: Procfs, entry: string, path: string): boolean {
  try {
    const there = procfs.identity(entry);
    const here = statSync(path);
    return there !== null && there.device === here.dev && there.inode === here.ino;
  } catch {
    return false;
  }
}
