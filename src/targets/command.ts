import { spawn } from 'node:child_process';
import { closeSync, openSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { redactCmdline } from '../core/parse/cmdline.ts';
import { IdleproofError } from '../errors.ts';
import { becomeSubreaper } from '../os/subreaper.ts';
import { Procfs } from '../os/procfs.ts';
import { noteStarted } from './command-tree.ts';
import { readStat } from './process-table.ts';
import type { CommandExit, StartedCommand } from './started-command.ts';

export type { StartedCommand } from './started-command.ts';
export { waitUntilReady } from './command-ready.ts';
export { sweep, terminate } from './command-stop.ts';

/**
 * Starts a command in a session of its own, its output in a file, nothing on its standard input. Resolves when the
 * program runs; throws an IdleproofError when it is not found or may not be run.
 */
export async function startCommand(
  argv: readonly string[],
  options: { outputPath: string; cwd?: string },
): Promise<StartedCommand> {
  const { outputPath, cwd = process.cwd() } = options;
  const [file, ...args] = argv;
  if (file === undefined || file === '') throw new IdleproofError('NO_TARGET');
  const isSubreaper = becomeSubreaper();
  const output = openOutput(outputPath);
  try {
    const child = spawn(file, args, { cwd, detached: true, stdio: ['ignore', output, output] });
    let ended: CommandExit | null = null;
    let stopping = false;
    const exit = new Promise<CommandExit>((resolve) => {
      child.once('exit', (code, signal) => {
        ended = { code, signal };
        resolve(ended);
      });
    });
    await once(child, 'spawn');
    const { pid } = child;
    if (pid === undefined) throw new Error('a started process has a pid');
    const command: StartedCommand = {
      pid,
      startTicks: readStat(new Procfs(), pid)?.startTicks ?? 0,
      argv,
      cwd,
      outputPath,
      isSubreaper,
      exit,
      exited: () => ended,
      isStopping: () => stopping,
      signal: (signal) => {
        stopping = true;
        if (ended === null) child.kill(signal);
      },
    };
    noteStarted(command);
    return command;
  } catch (error) {
    const problem = explain(error as NodeJS.ErrnoException, file, cwd);
    throw new IdleproofError('COMMAND_NOT_STARTED', { command: `«${redactCmdline(argv)}»`, problem }, error);
  } finally {
    closeSync(output);
  }
}

function openOutput(path: string): number {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new IdleproofError('REPORT_FOLDER', { folder: path, problem: code ?? String(error) }, error);
  }
}

function explain({ code, message }: NodeJS.ErrnoException, file: string, cwd: string): string {
  if (!isFolder(cwd)) return `the folder ${cwd} does not exist`;
  switch (code) {
    case 'ENOENT':
      return file.includes('/') ? `there is no program ${file}` : `there is no program ${file} in PATH`;
    case 'EACCES':
      // A folder of PATH that may not be searched looks the same as a program that may not be run.
      return file.includes('/') ? `${file} may not be run` : `no ${file} that may be run was found in PATH`;
    default:
      return code ?? message;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
