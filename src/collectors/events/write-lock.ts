import { statSync } from 'node:fs';
import { type FileLock, parseProcLocks } from '../../core/parse/proc-locks.ts';
import { pause } from '../../os/pause.ts';
import type { Procfs } from '../../os/procfs.ts';

/** Who holds a database's lock for writing. `exclusive` keeps readers out as well. */
export interface WriteLock {
  pid: number;
  exclusive: boolean;
}

/** PENDING, RESERVED and the 510 bytes of SHARED: sqlite.org/src/file/src/os.h. */
const PENDING_BYTE = 0x4000_0000;
const RESERVED_BYTE = PENDING_BYTE + 1;
const SHARED_LAST = PENDING_BYTE + 2 + 509;
/** WAL_WRITE_LOCK in the -shm file: sqlite.org/walformat.html, "WAL Locks". */
const WAL_WRITE_BYTE = 120;

const ATTEMPTS = 4;
const WAIT_MS = 3;

/**
 * The lock for writing that another process holds on the database now, read from the kernel's table of locks, which
 * disturbs nobody. Null: none. Undefined: this platform does not tell.
 */
export function findWriteLock(procfs: Procfs, path: string): WriteLock | null | undefined {
  let text: string | null;
  try {
    text = procfs.read('locks');
  } catch {
    text = null;
  }
  if (text === null) return undefined;
  const main = statSync(path, { throwIfNoEntry: false });
  const index = statSync(`${path}-shm`, { throwIfNoEntry: false });
  let found: WriteLock | null = null;
  for (const lock of parseProcLocks(text)) {
    if (!lock.write || lock.pid === process.pid) continue;
    if (lock.inode === main?.ino && covers(lock, PENDING_BYTE, SHARED_LAST)) {
      const exclusive = !(lock.fromByte === RESERVED_BYTE && lock.toByte === RESERVED_BYTE);
      if (found === null || exclusive) found = { pid: lock.pid, exclusive };
    } else if (lock.inode === index?.ino && covers(lock, WAL_WRITE_BYTE, WAL_WRITE_BYTE)) {
      found ??= { pid: lock.pid, exclusive: false };
    }
  }
  return found;
}

/** The same, but an exclusive lock counts only if it is there at each of several looks some milliseconds apart. */
export function findLastingLock(procfs: Procfs, path: string): WriteLock | null | undefined {
  for (let attempt = 0; ; attempt += 1) {
    const lock = findWriteLock(procfs, path);
    if (lock?.exclusive !== true || attempt === ATTEMPTS) return lock;
    pause(WAIT_MS);
  }
}

function covers(lock: FileLock, fromByte: number, toByte: number): boolean {
  return lock.fromByte <= toByte && lock.toByte >= fromByte;
}
