import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Selector, TargetSpec } from '../../../src/model/target.ts';
import { stateOf } from '../../support/programs.ts';
import { until } from '../../support/until.ts';

export const SPAWNER: string = new URL('../../fixtures/programs/target-spawner.mjs', import.meta.url)
  .pathname;

export const isRoot: boolean = process.getuid?.() === 0;

/** Real programs, started by one test, and the folder that they work in. */
export interface Stage {
  folder: string;
  /** Starts a program and waits until `ready`; it is killed when the stage is cleared. */
  start(
    file: string,
    args: readonly string[],
    ready: () => boolean | Promise<boolean>,
  ): Promise<ChildProcess>;
  /** Starts the spawner, ready to be signalled. */
  spawner(mode: string, ...more: string[]): Promise<ChildProcess>;
  /** A process that stands in for the watchdog, so that the tests' own children are strangers to it. */
  standIn(): Promise<number>;
  /** To be killed with the rest. */
  alsoKill(pid: number): void;
  clear(): Promise<void>;
}

export function setStage(): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-targets-'));
  const children: ChildProcess[] = [];
  const pids: number[] = [];
  const stage: Stage = {
    folder,
    start: async (file, args, ready) => {
      const child = spawn(file, args, { stdio: 'ignore', cwd: folder });
      children.push(child);
      await once(child, 'spawn');
      await until(() => hasArguments(child.pid ?? 0));
      await until(ready);
      return child;
    },
    spawner: async (mode, ...more) => {
      const child = spawn(process.execPath, [SPAWNER, mode, ...more], {
        stdio: ['ignore', 'pipe', 'ignore'],
        detached: true,
      });
      children.push(child);
      await once(child.stdout, 'data');
      return child;
    },
    standIn: async () => {
      const child = spawn('sleep', ['300'], { stdio: 'ignore' });
      children.push(child);
      await once(child, 'spawn');
      return child.pid ?? 0;
    },
    alsoKill: (pid) => void pids.push(pid),
    clear: async () => {
      for (const child of children.toReversed()) await end(child);
      for (const pid of pids) tryKill(pid);
      await until(() => pids.every((pid) => !isRunning(pid)));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return stage;
}

export function spec(name: string, select: Selector, tree = true): TargetSpec {
  return { name, select, tree, events: null };
}

/** An nginx with a master and two workers. */
export async function startNginx(stage: Stage, port: number, program = 'nginx'): Promise<ChildProcess> {
  const conf = join(stage.folder, `nginx-${port}.conf`);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (p) => `${p}_temp_path ${stage.folder}/${p};`,
  );
  writeFileSync(
    conf,
    `${isRoot ? 'user root;' : ''} worker_processes 2; daemon off; pid ${stage.folder}/nginx-${port}.pid;
     error_log ${stage.folder}/error.log; events {}
     http { access_log off; ${paths.join(' ')} server { listen 127.0.0.1:${port}; return 200 ok; } }`,
  );
  const child = await stage.start(program, ['-c', conf, '-e', join(stage.folder, 'error.log')], () =>
    existsSync(join(stage.folder, `nginx-${port}.pid`)),
  );
  await until(() => childrenOf(child.pid ?? 0).length === 2);
  return child;
}

/** A copy of a program under a name that nothing else on this machine has, longer than the kernel's 15 bytes. */
export function copyUnderOwnName(stage: Stage, program: string): string {
  const path = join(stage.folder, `idleproof-test-${process.pid}-${basename(program)}`);
  copyFileSync(program, path);
  chmodSync(path, 0o755);
  return path;
}

export async function startRedis(stage: Stage, port: number, ...more: string[]): Promise<ChildProcess> {
  const log = join(stage.folder, `redis-${port}.log`);
  rmSync(log, { force: true });
  const args = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--dir',
    stage.folder,
    '--logfile',
    log,
  ];
  return stage.start(
    'redis-server',
    [...args, ...more],
    () => existsSync(log) && readFileSync(log, 'utf8').includes('Ready to accept'),
  );
}

/** A process that is about to execute its program has given up its memory before it gets its name and arguments; see execve(2). */
const hasArguments = (pid: number): boolean => readFileSync(`/proc/${pid}/cmdline`, 'latin1') !== '';

export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

/** Not there, or ended and not collected yet. */
export function isRunning(pid: number): boolean {
  try {
    return stateOf(pid) !== 'Z';
  } catch {
    return false;
  }
}

/** Ends a child and its descendants: asks it (so that it ends its own children in order), then kills what is left. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const below = descendantsOf(child.pid ?? 0);
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  if (!(await Promise.race([exit.then(() => true), sleep(2_000, false)]))) child.kill('SIGKILL');
  await exit;
  for (const pid of below) if (isRunning(pid)) tryKill(pid);
}

function descendantsOf(pid: number): number[] {
  try {
    return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
  } catch {
    return [];
  }
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
