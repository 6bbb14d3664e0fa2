import { accessSync, constants, opendirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isBroadFolder, isWithin, outermost } from '../../core/discovery/broad-folder.ts';
import { OpenLog } from '../../collectors/logs/open-log.ts';
import { isLogFile } from '../../core/discovery/log-file.ts';
import { detectLogFormat } from '../../core/discovery/log-format.ts';
import type { FoundLog, WrittenFolder } from '../../model/discovery.ts';
import type { OpenFile } from '../../targets/discovery/open-files.ts';

const MOST_LOGS = 20;
/** Of a log, to see how its lines are written. */
const NEWEST_BYTES = 65_536;
const MOST_FOLDERS = 20;
/** Watching more costs more than it tells; the collector's own limit is 10,000. */
const MOST_ENTRIES = 5_000;

/** The logs that an app writes, by name and path of its open files, with their format; a bounded number. */
export function logsAmong(files: readonly OpenFile[]): FoundLog[] {
  const logs = files.filter((file) => file.isWritable && file.isReachable && isLogFile(file));
  const paths = [...new Set(logs.map(({ path }) => path))].sort().slice(0, MOST_LOGS);
  return paths.map((path) => ({ path, format: detectLogFormat(newestLines(path)) }));
}

/** None of what may not be read. */
function newestLines(path: string): string[] {
  try {
    const log = new OpenLog(path);
    try {
      return log.readTail(NEWEST_BYTES, 0).flatMap(({ text }) => text ?? []);
    } finally {
      log.close();
    }
  } catch {
    return [];
  }
}

/**
 * The folders in which files are open for writing. Where standard output and error go is whoever started it to know.
 * @param ours folders into which idleproof itself will write
 */
export function foldersAmong(files: readonly OpenFile[], ours: readonly string[]): WrittenFolder[] {
  const written = files.filter(({ fd, isWritable, isReachable }) => fd > 2 && isWritable && isReachable);
  return outermost(written.map(({ path }) => dirname(path)))
    .slice(0, MOST_FOLDERS)
    .map((path) => ({ path, doubt: doubtOf(path, ours) }));
}

function doubtOf(path: string, ours: readonly string[]): string | null {
  if (isBroadFolder(path)) return 'others write there, too';
  if (ours.some((folder) => isWithin(folder, path))) return "idleproof's own reports would be written there";
  try {
    accessSync(path, constants.R_OK | constants.X_OK);
  } catch {
    return 'it may not be read by this user';
  }
  return isLarge(path) ? `it holds more than ${MOST_ENTRIES} files` : null;
}

function isLarge(root: string): boolean {
  const folders = [root];
  let entries = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      const open = opendirSync(folder);
      try {
        for (let entry = open.readSync(); entry !== null; entry = open.readSync()) {
          entries += 1;
          if (entries > MOST_ENTRIES) return true;
          if (entry.isDirectory()) folders.push(join(folder, entry.name));
        }
      } finally {
        open.closeSync();
      }
    } catch {
      // It may not be read, or is gone: nothing to count.
    }
  }
  return false;
}
