import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { STAMP_GRAIN_MS } from '../../os/stamp-grain.ts';
import { FileProblem } from '../file-problems.ts';

/** What stat(2) and the file's header say of a database, without taking a lock. */
export interface FileState {
  device: number;
  inode: number;
  sizeBytes: number;
  /** The header asks for a write-ahead log, and there is one with content. */
  walInUse: boolean;
  /** A rollback journal with content: a transaction is being written, or was interrupted. */
  journalHot: boolean;
  /** Another one for each commit of whoever writes no log, and of whoever has written one and closed it. */
  commit: string;
  /** Equal as long as nothing was committed; the time stamp counts only where it is not `fresh`. */
  signature: string;
  /** Written so lately that a further write could leave the same time stamp: look again. */
  fresh: boolean;
  /** Whatever it holds was written by then, as its file system says. */
  writtenByMs: number;
}

/** Some file systems keep whole (even) seconds only. */
const COARSE_SECONDS_MS = 2100;
/** Byte 18 is the file format write version, 2 for WAL; 24 to 27 the change counter: sqlite.org/fileformat.html. */
const HEADER_BYTES = 28;
const COUNTER_AT = 24;

/**
 * Reads the state of the database at `path`, with its -wal and -journal; throws where there is none.
 * Closing a descriptor drops all POSIX locks that this process holds on the file, so it must not be called while
 * a connection of ours is open on it.
 */
export function readFileState(path: string): FileState {
  const main = statSync(path, { bigint: true });
  if (main.isDirectory()) throw new FileProblem(`${path} is a folder, not a database`);
  if (!main.isFile()) throw new FileProblem(`${path} is not a regular file`);
  if (main.size === 0n) throw new FileProblem(`${path} is empty (0 bytes), so it has no table yet`, true);
  const header = readStart(path, HEADER_BYTES);
  const wal = statSync(`${path}-wal`, { bigint: true, throwIfNoEntry: false });
  const journal = statSync(`${path}-journal`, { bigint: true, throwIfNoEntry: false });
  const walInUse = header[18] === 2 && wal !== undefined && wal.size > 0n;
  const stamps = [main, wal].map((file) => `${file?.ino}:${file?.size}:${file?.mtimeNs}`);
  const counter = header.toString('hex', COUNTER_AT);
  const newestNs = wal !== undefined && wal.mtimeNs > main.mtimeNs ? wal.mtimeNs : main.mtimeNs;
  return {
    device: Number(main.dev),
    inode: Number(main.ino),
    sizeBytes: Number(main.size),
    walInUse,
    journalHot: journal !== undefined && journal.size > 0n && readStart(`${path}-journal`, 1)[0] !== 0,
    // A log's commits do not move the counter; a time stamp also moves where a transaction is rolled back.
    commit: header[18] === 2 ? `${main.mtimeNs}:${counter}` : counter,
    signature: `${main.dev}:${stamps.join(':')}:${header.toString('hex')}`,
    fresh: isFresh(newestNs),
    writtenByMs: Number(newestNs / 1_000_000n) + grainMs(newestNs),
  };
}

function isFresh(mtimeNs: bigint): boolean {
  return Date.now() - Number(mtimeNs / 1_000_000n) < grainMs(mtimeNs);
}

function grainMs(mtimeNs: bigint): number {
  return mtimeNs % 1_000_000_000n === 0n ? COARSE_SECONDS_MS : STAMP_GRAIN_MS;
}

/** The first bytes of a file, zeros where it is shorter or gone (a journal that was just deleted). */
function readStart(path: string, length: number): Buffer {
  const buffer = Buffer.alloc(length);
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return buffer;
    throw error;
  }
  try {
    readSync(fd, buffer, 0, length, 0);
  } finally {
    closeSync(fd);
  }
  return buffer;
}
