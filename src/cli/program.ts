import { CommanderError } from 'commander';
import { escapeControls } from '../core/parse/escape-controls.ts';
import { IdleproofError } from '../errors.ts';
import { idleproofProgram } from './commands.ts';
import { EXIT } from './exit-codes.ts';

/** Runs one command line (without node and script); returns the exit code. The only place where errors become text. */
export async function run(argv: readonly string[]): Promise<number> {
  let exitCode: number = EXIT.pass;
  const done = (code: number): void => {
    exitCode = code;
  };
  try {
    await idleproofProgram(argv, done).parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.pass : EXIT.usage;
  if (error instanceof IdleproofError) {
    const lines = `${error.message}\n${error.hint}`.split('\n').map(escapeControls);
    process.stderr.write(`error ${error.code}: ${lines.join('\n  ')}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `error INTERNAL: ${escapeControls(text)}\n  This is a fault of idleproof itself. Nothing was judged.\n`,
  );
  if (process.env['IDLEPROOF_DEBUG'] !== undefined)
    process.stderr.write(`${String((error as Error).stack)}\n`);
  return EXIT.internal;
}
