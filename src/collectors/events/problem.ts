import { FILE_PROBLEMS, isAbsent, unreadable } from '../file-problems.ts';

/** Why the events table cannot be read now, in words for the proof. */
export class EventsProblem extends Error {
  /** The file or the table is not there: whatever it holds when it appears has come while we watched. */
  readonly absent: boolean;

  constructor(message: string, absent = false) {
    super(message);
    this.name = 'EventsProblem';
    this.absent = absent;
  }
}

/** What SQLite's result codes (sqlite.org/rescode.html) and errno mean for somebody who watches a file. */
const WORDS: Readonly<Record<string, string>> = {
  ...FILE_PROBLEMS,
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

/** Turns whatever was thrown while reading `path` into one bounded sentence. */
export function describeProblem(error: unknown, path: string): EventsProblem {
  if (error instanceof EventsProblem) return error;
  const { code = '', message } = error as { code?: string; message: string };
  const words = WORDS[code] ?? WORDS[code.split('_').slice(0, 2).join('_')];
  return new EventsProblem(`${path} ${words ?? unreadable(message)}`, isAbsent(code));
}
