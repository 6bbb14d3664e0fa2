/** One held lock of /proc/locks; see proc_locks(5). Waiting ones (`->`) are left out. */
export interface FileLock {
  kind: 'POSIX' | 'FLOCK' | 'OFDLCK' | 'LEASE' | 'DELEG' | (string & {});
  write: boolean;
  /** -1 for an open file description's lock, which belongs to no single process. */
  pid: number;
  inode: number;
  /** First and last byte; the last is Infinity where the lock reaches the end of the file. */
  fromByte: number;
  toByte: number;
}

const LINE = /^\d+: (\w+)\s+\w+\s+(\w+)\s+(-?\d+) [0-9a-f]+:[0-9a-f]+:(\d+) (\d+) (\d+|EOF)$/;

/** Parses /proc/locks. The device is left out: it names the mount, which stat(2) sees otherwise on overlayfs and btrfs. */
export function parseProcLocks(text: string): FileLock[] {
  const locks: FileLock[] = [];
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [, kind = '', access, pid, inode, from, to] = match;
    locks.push({
      kind,
      write: access === 'WRITE' || access === 'RW',
      pid: Number(pid),
      inode: Number(inode),
      fromByte: Number(from),
      toByte: to === 'EOF' ? Number.POSITIVE_INFINITY : Number(to),
    });
  }
  return locks;
}
