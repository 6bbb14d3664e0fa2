import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stateOf } from './programs.ts';

const PROGRAM: string = fileURLToPath(new URL('../fixtures/programs/driver.py', import.meta.url));

/** A real process that does what a test tells it: a Python program that executes the lines it is sent. */
export interface Driver {
  pid: number;
  /** Returns when the statement is done and the process waits again. */
  run(statement: string): Promise<void>;
  stop(): Promise<void>;
}

/** @param prefix a command that executes the program, as `unshare --net` */
export async function startDriver(...prefix: string[]): Promise<Driver> {
  const [command, ...args] = [...prefix, 'python3', '-u', PROGRAM];
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const pid = child.pid ?? 0;
  const answered = async (expected: string): Promise<void> => {
    const { value } = await lines.next();
    if (value !== expected) throw new Error(`the driver said ${value}`);
    while (stateOf(pid) !== 'S') await sleep(2);
  };
  await answered('ready');
  return {
    pid,
    run: async (statement) => {
      child.stdin.write(`${statement}\n`);
      await answered('ok');
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}
