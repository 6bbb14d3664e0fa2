import { pino } from 'pino';
import { LogCleaner } from './log-fields.ts';
import type { LogLevel } from './log-level.ts';
import { LogOutput } from './log-output.ts';

type LogFields = Record<string, unknown>;
type Say = (message: string, fields?: LogFields) => void;

/** What the daemon says of itself: one JSON object a line, with `level`, `time` (ISO 8601, UTC), `msg` and the fields. */
export interface Log extends Readonly<Record<LogLevel, Say>> {
  /** Values that no record may show, in place of those of the last call. */
  hide(secrets: Iterable<string>): void;
  close(): void;
}

export interface LogOptions {
  /** Records below it are not written. */
  level: LogLevel;
  /** Folder of the file that is written, and rotated, where there is no journald; null: none. */
  folder: string | null;
  env?: NodeJS.ProcessEnv;
}

/** See LogOutput for where it goes and LogCleaner for what is left of the fields. */
export function createLog({ level, folder, env = process.env }: LogOptions): Log {
  const output = new LogOutput(folder, env);
  const cleaner = new LogCleaner();
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    output,
  );
  const say =
    (at: LogLevel): Say =>
    (message, fields = {}) => {
      if (!logger.isLevelEnabled(at)) return;
      const { lost } = output;
      output.level = at;
      output.lost = 0;
      logger[at](
        { ...cleaner.fields(fields), ...(lost === 0 ? {} : { lostRecords: lost }) },
        cleaner.text(message),
      );
    };
  return {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    fatal: say('fatal'),
    hide: (secrets) => cleaner.hide(secrets),
    close: () => output.close(),
  };
}
