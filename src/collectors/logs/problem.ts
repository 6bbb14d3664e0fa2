import { FILE_PROBLEMS, isAbsent, unreadable } from '../file-problems.ts';

const WORDS: Readonly<Record<string, string>> = {
  ...FILE_PROBLEMS,
  EISDIR: 'is a folder, not a file',
};

/** Why a log cannot be read now, in words for the proof. */
export class LogProblem extends Error {
  /** There is no such file: whatever it holds when it appears has come since. */
  readonly absent: boolean;

  constructor(message: string, absent = false) {
    super(message);
    this.name = 'LogProblem';
    this.absent = absent;
  }
}

/** Turns whatever was thrown while reading `path` into one bounded sentence. */
export function logProblem(error: unknown, path: string): LogProblem {
  if (error instanceof LogProblem) return error;
  const { code = '', message } = error as { code?: string; message: string };
  return new LogProblem(`${path} ${WORDS[code] ?? unreadable(message)}`, isAbsent(code));
}
