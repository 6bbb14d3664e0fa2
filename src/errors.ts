/** 3: usage or configuration; 4: the watchdog itself failed. Verdicts have exit codes of their own (cli/exit-codes.ts). */
export type ErrorExitCode = 3 | 4;

interface ErrorEntry {
  exitCode: ErrorExitCode;
  /** One sentence: what, where. `{name}` is replaced by the detail of that name. */
  message: string;
  /** What to do about it. */
  hint: string;
}

/** Every error a user can meet. Codes are never reused; docs/errors.md lists them all, and a test holds the two together. */
export const ERRORS = {
  // targets
  NO_TARGET: {
    exitCode: 3,
    message: 'No target was named.',
    hint: 'Name one: --port 8000, --name nginx, --pid 1234, or -- command args. See idleproof check --help.',
  },
  PID_NOT_FOUND: {
    exitCode: 3,
    message: 'There is no process {pid}.',
    hint: 'ps -e lists the running processes.',
  },
  // configuration and rules
  OPTION_INVALID: {
    exitCode: 3,
    message: '{option}: {problem}.',
    hint: 'See idleproof {command} --help.',
  },
  // output and evidence
  EVIDENCE_WRITE: {
    exitCode: 4,
    message: 'The evidence could not be written to {path}: {problem}.',
    hint: 'Is the disk full? Nothing was judged. Free some space, or choose another folder with --out.',
  },
  EVIDENCE_READ: {
    exitCode: 3,
    message: 'Cannot read {path} as evidence: {problem}.',
    hint: 'Name the evidence.db of a run; it lies beside its proof.',
  },
  EVIDENCE_NEWER: {
    exitCode: 3,
    message: '{path} was written by a newer idleproof (layout {version}).',
    hint: 'Update idleproof: npm install idleproof@latest.',
  },
  EVIDENCE_UNFINISHED: {
    exitCode: 3,
    message: '{path} holds a run that never ended.',
    hint: 'It was cut off (killed, power lost); run the check again.',
  },
  REPORT_FOLDER: {
    exitCode: 4,
    message: 'Cannot write into {folder}: {problem}.',
    hint: 'Choose another folder with --out.',
  },
} as const;

export type ErrorCode = keyof typeof ERRORS;

/** An error with a code, told to the user as message and hint, never as a stack trace. */
export class IdleproofError extends Error {
  readonly code: ErrorCode;
  readonly exitCode: ErrorExitCode;
  readonly hint: string;

  /** `details` fill the `{names}` in the table's message and hint. */
  constructor(code: ErrorCode, details: Record<string, string | number> = {}, cause?: unknown) {
    const entry: ErrorEntry = ERRORS[code];
    super(fill(entry.message, details), cause === undefined ? undefined : { cause });
    this.name = 'IdleproofError';
    this.code = code;
    this.exitCode = entry.exitCode;
    this.hint = fill(entry.hint, details);
  }
}

function fill(template: string, details: Record<string, string | number>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole));
}
