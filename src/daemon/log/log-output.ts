import { fstatSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { LogLevel } from './log-level.ts';
import { RotatedFile } from './rotated-file.ts';

const STDOUT = 1;
const FILE_NAME = 'idleproof.log';
const FILE_BYTES = 5 * 1024 * 1024;
const FILES_KEPT = 3;

/** syslog(3) levels as sd-daemon(3) has them before a line. */
const PREFIXES: Readonly<Record<LogLevel, string>> = {
  fatal: '<2>',
  error: '<3>',
  warn: '<4>',
  info: '<6>',
  debug: '<7>',
};

/** Whether stdout is the journal's stream: systemd.exec(5), JOURNAL_STREAM. */
function isJournal(env: NodeJS.ProcessEnv): boolean {
  const stream = env['JOURNAL_STREAM'];
  if (stream === undefined) return false;
  try {
    const { dev, ino } = fstatSync(STDOUT, { bigint: true });
    return stream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/**
 * Where the lines of pino go: to stdout, with the level before each where it is the journal; where it is not, also to a file that
 * is rotated. A line that cannot be written is lost and counted: a full disk or a closed pipe does not stop the watching.
 */
export class LogOutput {
  /** Level of the next line. */
  level: LogLevel = 'info';
  lost = 0;
  readonly #isJournal: boolean;
  readonly #file: RotatedFile | null;

  /** @param folder for the rotated file; null: none is written */
  constructor(folder: string | null, env: NodeJS.ProcessEnv) {
    this.#isJournal = isJournal(env);
    this.#file =
      this.#isJournal || folder === null
        ? null
        : new RotatedFile({ path: join(folder, FILE_NAME), maxBytes: FILE_BYTES, kept: FILES_KEPT });
  }

  write(line: string): void {
    this.#attempt(() => writeWhole(this.#isJournal ? `${PREFIXES[this.level]}${line}` : line));
    if (this.#file !== null) this.#attempt(() => this.#file?.write(line));
  }

  close(): void {
    this.#file?.close();
  }

  #attempt(write: () => void): void {
    try {
      write();
    } catch {
      this.lost += 1;
    }
  }
}

function writeWhole(line: string): void {
  const bytes = Buffer.from(line);
  for (let written = 0; written < bytes.length; ) written += writeSync(STDOUT, bytes, written);
}
