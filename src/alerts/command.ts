import { spawn } from 'node:child_process';
import { alertDocument } from '../render/alert.ts';
import type { SinkConfig } from '../model/alert.ts';
import { redact } from './redact.ts';
import { DeliveryError, type Sink } from './sink.ts';

const MOST_OUTPUT = 2_000;

/** Told to the service's main process: a command that used them would speak for the watchdog. */
const NOT_HANDED_OVER: ReadonlySet<string> = new Set([
  'NOTIFY_SOCKET',
  'WATCHDOG_USEC',
  'WATCHDOG_PID',
  'LISTEN_FDS',
  'LISTEN_PID',
]);

/**
 * Runs a program, without a shell, with the notice as JSON on its standard input; nothing of an alert is in its arguments.
 * Exit code 0: taken. What it prints is dropped; of an error the beginning of what it wrote to stderr is told.
 */
export function commandSink(
  { argv, timeoutMs }: Extract<SinkConfig, { type: 'command' }>,
  instance: string,
): Sink {
  return {
    type: 'command',
    refreshMs: null,
    send: (notice, signal) =>
      run(argv, timeoutMs, `${JSON.stringify(alertDocument(notice, instance))}\n`, signal),
  };
}

function run(
  [file = '', ...args]: readonly string[],
  timeoutMs: number,
  input: string,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that what it has started ends with it.
    const child = spawn(file, args, {
      stdio: ['pipe', 'ignore', 'pipe'],
      detached: true,
      env: environment(),
    });
    let output = '';
    let problem: string | null = null;
    const end = (why: string) => () => {
      problem ??= why;
      killGroup(child.pid);
      // Whoever it has started may hold it open.
      child.stderr.destroy();
    };
    const timeLimit = setTimeout(end(`it did not end in ${timeoutMs / 1000} s`), timeoutMs);
    const stop = end('interrupted');
    signal.addEventListener('abort', stop);
    child.stderr.on('data', (chunk: Buffer) => {
      if (output.length < MOST_OUTPUT) output += chunk.toString('utf8');
    });
    // It need not read what it is given.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const settle = (failure: string | null): void => {
      clearTimeout(timeLimit);
      signal.removeEventListener('abort', stop);
      child.stderr.destroy();
      if (failure === null) resolve();
      else reject(new DeliveryError(redact(failure, secretsOf(process.env)), false));
    };
    child.once('error', (error) => settle(`it could not be started: ${error.message}`));
    child.once('exit', (code, killedBy) => {
      if (code === 0 && problem === null) return settle(null);
      const how = problem ?? (code === null ? `it was ended by ${killedBy}` : `exit code ${code}`);
      settle(output === '' ? how : `${how}: ${output}`);
    });
    if (signal.aborted) stop();
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !NOT_HANDED_OVER.has(name)));
}

/** What it was handed over and may print: values of variables that are named like secrets, and addresses. */
function secretsOf(env: NodeJS.ProcessEnv): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && (/TOKEN|SECRET|PASS|KEY|CREDENTIAL|AUTH/i.test(name) || value.includes('://'))
      ? [value]
      : [],
  );
}
