import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Proof } from '../../src/model/proof.ts';
import type { CliOptions, CliRun } from './cli.ts';
import { type Driver, startDriver } from './driver.ts';
import { checkWhile } from './phases.ts';
import type { Program } from './programs.ts';
import { until } from './until.ts';

export const INSTANCES = '/sys/kernel/tracing/instances';

export interface Midway {
  proof: Proof;
  code: number | null;
  /** Of the watchdog. */
  pid: number;
}

/** Names of the trace instances of a watchdog. */
export const instancesOf = (pid: number | undefined): string[] =>
  existsSync(INSTANCES) ? readdirSync(INSTANCES).filter((name) => name.startsWith(`idleproof-${pid}-`)) : [];

/** Returns when a watchdog records what a process does, so that its first look is over. */
export async function untilFollowed(watchdog: ChildProcess, target: number): Promise<void> {
  const isFollowed = (): boolean =>
    instancesOf(watchdog.pid).some((name) => {
      try {
        return readFileSync(`${INSTANCES}/${name}/set_event_pid`, 'latin1').split('\n').includes(`${target}`);
      } catch {
        return false;
      }
    });
  const isOver = (): boolean => watchdog.exitCode !== null || watchdog.signalCode !== null;
  await until(() => isOver() || isFollowed());
  if (isOver()) throw new Error(`the watchdog ended, and never followed ${target}`);
}

/** Checks a process under a trace, and does something in the midst of the window. */
export async function checkMidway(
  target: number,
  folder: string,
  meanwhile: (watchdog: ChildProcess) => Promise<void>,
  more: readonly string[] = [],
  options: CliOptions = {},
): Promise<Midway> {
  const out = mkdtempSync(join(folder, 'out-'));
  const args = ['--pid', `${target}`, '--for', '12s', '--settle', '1s', '--out', out, ...more];
  const inWindow = async ({ child }: CliRun): Promise<void> => {
    await untilFollowed(child, target);
    await meanwhile(child);
  };
  return await checkWhile(args, inWindow, options);
}

/** A test, or whatever else ends. */
interface Finishing {
  onTestFinished: (finish: () => Promise<void>) => void;
}

/** Stops the program when the test is over. */
export async function stopped<T extends Pick<Program, 'stop'>>(
  program: Promise<T>,
  { onTestFinished }: Finishing,
): Promise<T> {
  const started = await program;
  onTestFinished(() => started.stop());
  return started;
}

/** A process that does what it is told, until the test is over. */
export const driven = (test: Finishing): Promise<Driver> => stopped(startDriver(), test);

/** Reads what it is sent and closes; for startPython. */
export const ANSWERS_AND_CLOSES = `
import socket
s = socket.create_server(('127.0.0.1', {port}), backlog=99)
while True:
    c, _ = s.accept(); c.recv(9); c.close()
`;

/** A connection that lives for less than a millisecond. */
export const beat = (port: number): string =>
  `c = socket.create_connection(('127.0.0.1', ${port})); c.send(b'hi'); c.close()`;
