/** Why a file that an app writes, or a table in it, cannot be read now, in words for the proof. */
export class FileProblem extends Error {
  /** The file or the table is not there: whatever it holds when it appears has come while we watched. */
  readonly absent: boolean;

  constructor(message: string, absent = false) {
    super(message);
    this.name = 'FileProblem';
    this.absent = absent;
  }
}

/** What errno and SQLite's result codes (sqlite.org/rescode.html) mean for somebody who watches a file. */
const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist: a part of its path is no folder',
  EISDIR: 'is a folder, not a file',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ELOOP: 'is a symbolic link that leads to itself',
  SQLITE_BUSY: 'is locked exclusively by another process',
  SQLITE_BUSY_RECOVERY: 'is being recovered by another process',
  SQLITE_BUSY_SNAPSHOT: 'is locked exclusively by another process',
  SQLITE_LOCKED: 'is locked by another connection',
  SQLITE_NOTADB: 'is not an SQLite database, or an encrypted one',
  SQLITE_CORRUPT: 'is corrupt',
  SQLITE_READONLY_ROLLBACK:
    'has a hot journal: a transaction was interrupted, and only a writer can roll it back',
  SQLITE_READONLY_RECOVERY: 'has a write-ahead log that only a writer can recover',
  SQLITE_READONLY_CANTINIT: 'has a write-ahead log whose index (-shm) cannot be set up without write access',
  SQLITE_READONLY_CANTLOCK: 'has a write-ahead log whose index (-shm) cannot be locked without write access',
  SQLITE_CANTOPEN:
    'cannot be opened; a write-ahead log needs its -shm file, or a folder that we may write to',
  SQLITE_PERM: 'may not be read by this user',
  SQLITE_AUTH: 'may not be read by this user',
};

const MOST_CHARACTERS = 200;

/** Turns whatever was thrown while reading `path` into one bounded sentence. */
export function describeProblem(error: unknown, path: string): FileProblem {
  if (error instanceof FileProblem) return error;
  const { code = '', message } = error as { code?: string; message: string };
  // SQLITE_CORRUPT_INDEX is a SQLITE_CORRUPT.
  const words = WORDS[code] ?? WORDS[code.split('_').slice(0, 2).join('_')];
  const isAbsent = code === 'ENOENT' || code === 'ENOTDIR';
  return new FileProblem(
    `${path} ${words ?? `cannot be read: ${message.slice(0, MOST_CHARACTERS)}`}`,
    isAbsent,
  );
}
