import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { redactCmdline } from '../../core/parse/cmdline.ts';
import { escapeControls } from '../../core/parse/escape-controls.ts';
import { IdleproofError } from '../../errors.ts';
import type { ProcessKey } from '../../model/process.ts';
import type { OwnNetwork } from '../../os/own-network.ts';

export interface CommandExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A command that the watchdog started, in a session of its own; the key is that of its main process. */
export interface StartedCommand extends Readonly<ProcessKey> {
  readonly argv: readonly string[];
  readonly cwd: string;
  /** File that takes its standard output and its errors. */
  readonly outputPath: string;
  /** Children whose parents end come to the watchdog; without that, daemons among them are lost from view. */
  readonly isSubreaper: boolean;
  /** The network namespace that was made for it; null where it shares the watchdog's. */
  readonly ownNetwork: OwnNetwork | null;
  /** Resolves when the main process has ended. */
  readonly exit: Promise<CommandExit>;
  /** null while the main process runs. */
  exited(): CommandExit | null;
  /** It has been asked to end: from now on it is no surprise that it is gone. */
  isStopping(): boolean;
  /** Signals the main process alone; nothing happens when it has ended. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
}

const TAIL_BYTES = 2_048;
const TAIL_LINES = 5;
const MAX_LINE = 200;

/** It ended before it could be watched. */
export function commandEnded(command: StartedCommand): IdleproofError {
  const exit = command.exited();
  return new IdleproofError('COMMAND_ENDED', { ...describe(command), how: describeExit(exit) });
}

/** It did not become ready in time. */
export function commandNotReady(
  command: StartedCommand,
  condition: string,
  waitedMs: number,
): IdleproofError {
  return new IdleproofError('COMMAND_NOT_READY', {
    ...describe(command),
    condition,
    seconds: waitedMs / 1000,
  });
}

/** `exit code 1`, `SIGSEGV`. */
function describeExit(exit: CommandExit | null): string {
  return exit?.signal ?? (exit?.code === undefined ? 'how is not known' : `exit code ${exit.code}`);
}

function describe({ argv, outputPath }: StartedCommand): { command: string; path: string; output: string } {
  const lines = readTail(outputPath);
  const output = lines.length === 0 ? ', without any output.' : `; its last output:\n  ${lines.join('\n  ')}`;
  return { command: `«${redactCmdline(argv)}»`, path: outputPath, output };
}

/** The last lines of a file, few and short, with control characters escaped. */
function readTail(path: string): string[] {
  let text: string;
  try {
    const fd = openSync(path, 'r');
    try {
      const { size } = fstatSync(fd);
      const buffer = Buffer.alloc(Math.min(size, TAIL_BYTES));
      readSync(fd, buffer, 0, buffer.length, size - buffer.length);
      text = buffer.toString('utf8');
    } finally {
      closeSync(fd);
    }
  } catch {
    return [];
  }
  return text
    .split(/\r?\n/u)
    .filter((line) => line.trim() !== '')
    .slice(-TAIL_LINES)
    .map((line) => escapeControls(line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line));
}
