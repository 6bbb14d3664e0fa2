import { ATTEST_ERRORS } from './errors/attest.ts';
import { DAEMON_ERRORS } from './errors/daemon.ts';
import { EVIDENCE_ERRORS } from './errors/evidence.ts';
import { MEASURE_ERRORS } from './errors/measure.ts';
import { RULE_ERRORS } from './errors/rules.ts';
import { TARGET_ERRORS } from './errors/targets.ts';

/** 3: usage or configuration; 4: the watchdog itself failed. Verdicts have exit codes of their own (cli/exit-codes.ts). */
export type ErrorExitCode = 3 | 4;

/** `{name}` in a message or hint; what users write as `${NAME}` is none. */
export const PLACEHOLDER: RegExp = /(?<!\$)\{(\w+)\}/g;

interface ErrorEntry {
  exitCode: ErrorExitCode;
  /** One sentence: what, where. `{name}` is replaced by the detail of that name. */
  message: string;
  /** What to do about it. */
  hint: string;
}

/** Every error a user can meet. Codes are never reused; docs/errors.md lists them all, and a test holds the two together. */
export const ERRORS: typeof TARGET_ERRORS &
  typeof RULE_ERRORS &
  typeof EVIDENCE_ERRORS &
  typeof MEASURE_ERRORS &
  typeof DAEMON_ERRORS &
  typeof ATTEST_ERRORS = {
  ...TARGET_ERRORS,
  ...RULE_ERRORS,
  ...EVIDENCE_ERRORS,
  ...MEASURE_ERRORS,
  ...DAEMON_ERRORS,
  ...ATTEST_ERRORS,
};

export type ErrorCode = keyof typeof ERRORS;

/** An error with a code, told to the user as message and hint, never as a stack trace. */
export class IdleproofError extends Error {
  readonly code: ErrorCode;
  readonly exitCode: ErrorExitCode;
  readonly hint: string;

  /** `details` fill the `{names}` in the table's message and hint. */
  constructor(code: ErrorCode, details: Record<string, string | number> = {}, cause?: unknown) {
    const entry: ErrorEntry = ERRORS[code];
    super(sentence(fill(entry.message, details)), cause === undefined ? undefined : { cause });
    this.name = 'IdleproofError';
    this.code = code;
    this.exitCode = entry.exitCode;
    this.hint = fill(entry.hint, details);
  }
}

/** A detail may be a question of its own, which ends the sentence that it stands in. */
const sentence = (text: string): string => text.replace(/\?\.$/, '?');

function fill(template: string, details: Record<string, string | number>): string {
  return template.replaceAll(PLACEHOLDER, (whole, name: string) => String(details[name] ?? whole));
}
