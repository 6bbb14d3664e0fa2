import { statSync } from 'node:fs';
import { sayProcess } from '../../core/wording/process.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { Procfs } from '../../os/procfs.ts';
import {
  type FileIdentity,
  findHolders,
  type Holding,
  isSameFile,
  type OpenFile,
  readOpenFile,
  readOpenFiles,
} from '../holders.ts';

const WAL = '-wal';

/** Whether what the processes write into a database is in the file that is read for it at `path` (a real path), or in the write-ahead log beside that. */
export function findDatabaseHolders(
  procfs: Procfs,
  processes: readonly WatchedProcess[],
  path: string,
  database: FileIdentity,
): Holding {
  const open = readOpenFiles(procfs, processes);
  const { problem, note } = findHolders(open, path, [database]);
  const isElsewhere = (log: OpenFile): boolean => !isOurs(log, path) && isStillOpen(procfs, log);
  const log = logsOf(open.files, database).find(isElsewhere);
  return { problem: problem ?? (log === undefined ? null : logElsewhere(log, path)), note };
}

/**
 * The write-ahead logs that belong to our database, or may: SQLite calls the log as the connection calls the database (sqlite.org/walformat.html), so
 * that of a hard link, or of a file that is mounted alone, lies beside the other name. A log beside another database that the process holds is that one's.
 */
function logsOf(files: readonly OpenFile[], database: FileIdentity): OpenFile[] {
  const holders = new Set(files.filter((file) => isSameFile(file, database)).map(({ process }) => process));
  const own = files.filter(({ process }) => holders.has(process));
  const others = own.filter((file) => !isSameFile(file, database));
  return others.filter((log) => {
    if (!log.path.endsWith(WAL)) return false;
    const called = log.path.slice(0, -WAL.length);
    return !others.some(({ process, path }) => process === log.process && path === called);
  });
}

/** Asked in the moment: SQLite deletes its log when the last connection is closed, and makes it anew. */
function isOurs(log: FileIdentity, path: string): boolean {
  const ours = statSync(path + WAL, { throwIfNoEntry: false });
  return ours !== undefined && isSameFile(log, { device: ours.dev, inode: ours.ino });
}

function isStillOpen(procfs: Procfs, log: OpenFile): boolean {
  const now = readOpenFile(procfs, log.process, log.entry);
  return now !== null && isSameFile(now, log);
}

function logElsewhere({ process, path: log, isDeleted }: OpenFile, path: string): string {
  const which = isDeleted ? `a deleted ${log}` : log;
  return (
    `${sayProcess(process)} writes into ${path} by way of ${which}, and not of ${path}${WAL}: its newest rows are in a write-ahead log that is not read ` +
    '(opened by a hard link, or mounted as a file alone? mount the folder)'
  );
}
