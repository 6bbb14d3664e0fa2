import { type ErrorCode, IdleproofError } from '../errors.ts';
import type { PlacedProblem } from './yaml-document.ts';

/** So many problems of a file stand in one error. */
const MAX_PROBLEMS = 20;

/** A document that somebody wrote, with everything that is wrong with it, in the order of the file. */
export class InvalidDocument extends IdleproofError {
  readonly file: string;
  /** All of them; the message has the first 20. */
  readonly problems: readonly PlacedProblem[];

  constructor(code: ErrorCode, file: string, problems: readonly PlacedProblem[]) {
    const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const lines = sorted
      .slice(0, MAX_PROBLEMS)
      .map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
    const rest = sorted.length - lines.length;
    if (rest > 0) lines.push(`${file}: and ${rest} more`);
    super(code, { problems: lines.join('\n') });
    this.file = file;
    this.problems = sorted;
  }
}
