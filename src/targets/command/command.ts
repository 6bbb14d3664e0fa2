import { spawn } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { delimiter, resolve } from 'node:path';
import { redactCmdline } from '../../core/parse/cmdline.ts';
import { IdleproofError } from '../../errors.ts';
import { KEY_VARIABLE } from '../../model/attestation.ts';
import { becomeSubreaper } from '../../os/subreaper.ts';
import { Procfs } from '../../os/procfs.ts';
import { noteStarted } from './command-tree.ts';
import { launchOffline, untilOffline } from './own-network/own-network.ts';
import { readStat } from '../process-table.ts';
import type { CommandExit, StartedCommand } from './started-command.ts';

export type { StartedCommand } from './started-command.ts';
export { assertRunning, isReadyBefore, waitUntilReady } from './command-ready.ts';
export { STOP_GRACE_MS, sweep, terminate } from './command-stop.ts';

export interface StartOptions {
  outputPath: string;
  cwd?: string;
  /** In a network namespace of its own; by this clock, what happens in there is stamped. */
  offline?: { nowMs: () => number };
}

/**
 * Starts a command in a session of its own, its output in a file, nothing on its standard input, without the key that signs its
 * proof. Resolves when the program runs; throws an IdleproofError when it is not found or may not be run.
 */
export async function startCommand(argv: readonly string[], options: StartOptions): Promise<StartedCommand> {
  const { outputPath, cwd = process.cwd(), offline } = options;
  const [file, ...args] = argv;
  if (file === undefined || file === '') {
    throw new IdleproofError('COMMAND_NOT_STARTED', { command: '«»', problem: 'it has no name' });
  }
  const isSubreaper = becomeSubreaper();
  const output = openOutput(outputPath);
  try {
    if (offline !== undefined) assertProgram(file, cwd);
    const launch = offline === undefined ? null : launchOffline(argv);
    const [program, ...rest] = launch?.argv ?? [file, ...args];
    const child = spawn(program ?? file, rest, {
      cwd,
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...process.env, [KEY_VARIABLE]: undefined },
    });
    let ended: CommandExit | null = null;
    let stopping = false;
    const exit = new Promise<CommandExit>((done) => {
      child.once('exit', (code, signal) => {
        ended = { code, signal };
        done(ended);
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
      ownNetwork: null,
      exit,
      exited: () => ended,
      isStopping: () => stopping,
      signal: (signal) => {
        stopping = true;
        if (ended === null) child.kill(signal);
      },
    };
    noteStarted(command);
    if (launch === null || offline === undefined) return command;
    try {
      return { ...command, ownNetwork: await untilOffline(launch, command, offline.nowMs) };
    } catch (error) {
      command.signal('SIGKILL');
      throw error;
    }
  } catch (error) {
    if (error instanceof IdleproofError) throw error;
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

/** What spawn(2) would say of a program that is not there, for one that is started by another. */
function assertProgram(file: string, cwd: string): void {
  const folders = file.includes('/') ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  let code = 'ENOENT';
  for (const folder of folders) {
    try {
      accessSync(resolve(cwd, folder, file), constants.X_OK);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EACCES') code = 'EACCES';
    }
  }
  throw Object.assign(new Error(code), { code });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
