import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ControlClient, controlClient } from '../../src/daemon/control/client.ts';
import { EvidenceReader } from '../../src/evidence/read.ts';
import type { DaemonStatus } from '../../src/model/daemon-status.ts';
import type { Window } from '../../src/model/evidence.ts';
import type { Proof } from '../../src/model/proof.ts';
import { type CliOptions, type CliResult, startCli } from './cli.ts';

interface LogRecord {
  level: string;
  msg: string;
  [field: string]: unknown;
}

/** A daemon that a test has started. */
export interface WatchDaemon {
  child: ChildProcess;
  result: Promise<CliResult>;
  control: ControlClient;
  /** What it has logged so far. */
  log(): LogRecord[];
  /** Waits for a record with this text. */
  said(text: string, times?: number): Promise<void>;
  /** Waits until its status is as wanted. */
  becomes(wanted: (status: DaemonStatus) => boolean): Promise<DaemonStatus>;
  /** SIGTERM, and what came of it. */
  stop(): Promise<CliResult>;
}

const running: Set<ChildProcess> = new Set();

/** Ends what a test has left, and what that has started: a measurement that is cut off would still write its result. */
export function killDaemons(): void {
  for (const child of running) {
    const started = childrenOf(child);
    child.kill('SIGKILL');
    for (const pid of started) kill(pid);
  }
}

function childrenOf({ pid }: ChildProcess): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    // It has ended already.
    return [];
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // So has this one.
  }
}

export function startDaemon(config: string, state: string, options: CliOptions = {}): WatchDaemon {
  const { child, result } = startCli(['watch', '--config', config, '--state', state], options);
  running.add(child);
  void result.then(() => running.delete(child));
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const control = controlClient(state);
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const log = (): LogRecord[] =>
    printed
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as LogRecord);
  const until = async <T>(what: string, ask: () => Promise<T | null> | T | null): Promise<T> => {
    for (let attempt = 0; attempt < 1_200; attempt += 1) {
      const answer = await ask();
      if (answer !== null) return answer;
      if (isOver()) throw new Error(`the daemon ended before ${what}: ${(await result).stderr}${printed}`);
      await sleep(100);
    }
    throw new Error(`not within two minutes: ${what}; it said ${printed}`);
  };
  return {
    child,
    result,
    control,
    log,
    said: async (text, times = 1) => {
      await until(text, () => (log().filter(({ msg }) => msg.includes(text)).length >= times ? true : null));
    },
    becomes: (wanted) =>
      until(wanted.toString(), async () => {
        const status = await control.status().catch(() => null);
        return status !== null && wanted(status) ? status : null;
      }),
    stop: () => {
      child.kill('SIGTERM');
      return result;
    },
  };
}

/** Proofs in a reports folder, in the order of their names. */
export const proofsIn = (folder: string): Proof[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name, 'proof.json'), 'utf8')) as Proof);

/** Closed windows in a store, as they were written last. */
export function windowsIn(store: string): Window[] {
  const reader = new EvidenceReader(store);
  try {
    return [
      ...new Map(
        reader.windows().map((window): [string, Window] => [`${window.id} ${window.fromMs}`, window]),
      ).values(),
    ];
  } finally {
    reader.close();
  }
}
