import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A real program that a test has started, with a folder of its own. */
export interface Program {
  pid: number;
  port: number;
  folder: string;
  stop(): Promise<void>;
}

const PATH = `${process.env['PATH']}:/usr/sbin:/sbin`;

/** Whether a program of Debian is installed; prints why its tests are skipped where it is not. */
export function hasProgram(name: string): boolean {
  const found = spawnSync('sh', ['-c', `command -v ${name}`], { env: { ...process.env, PATH } }).status === 0;
  if (!found) console.log(`skipped: ${name} is not installed`);
  return found;
}

/** Whether tests that need root can run; prints what is skipped where they cannot. */
export function isRoot(what: string): boolean {
  const root = process.geteuid?.() === 0;
  if (!root) console.log(`skipped: ${what} needs root`);
  return root;
}

/** Below those that the kernel gives to whoever asks for any: see ip_local_port_range, ip(7). */
const FIRST_PORT = 20_000;
/** For each of the workers that run tests beside each other. */
const PORTS_EACH = 1500;
const MOST_WORKERS = 8;
const worker = Number(process.env['VITEST_POOL_ID'] ?? 0) % MOST_WORKERS;
let nextPort = Math.floor(Math.random() * PORTS_EACH);

/** A TCP port that was free a moment ago, and that no other worker of these tests takes until a program listens on it. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORTS_EACH; tries += 1) {
    const port = FIRST_PORT + worker * PORTS_EACH + (nextPort % PORTS_EACH);
    nextPort += 1;
    if (await isFree(port)) return port;
  }
  throw new Error('no port is free');
}

/** Programs that do not set SO_REUSEADDR cannot take a port on which a connection was closed a minute ago; see tcp(7), TIME_WAIT. */
function isUsed(port: number): boolean {
  const local = new RegExp(`^ *\\d+: [0-9A-F]+:${hexOf(port)} `, 'mu');
  return ['tcp', 'tcp6'].some((name) => local.test(readFileSync(`/proc/self/net/${name}`, 'latin1')));
}

const hexOf = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');

async function isFree(port: number): Promise<boolean> {
  if (isUsed(port)) return false;
  const server = createServer();
  const isListening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true));
  });
  if (isListening) await new Promise((resolve) => server.close(resolve));
  return isListening;
}

/** How a program tells that it is up: by listening on its port; null: it does not, and is only given some time. */
type Listens = 'tcp' | 'udp' | null;

/** States of a socket that waits for somebody: TCP_LISTEN, and TCP_CLOSE of one that is not connected. */
const WAITING = { tcp: '0A', udp: '07' };

/** Whether somebody waits on a port in the network of a process; see proc_pid_net(5). */
function isWaiting(pid: number, port: number, protocol: 'tcp' | 'udp'): boolean {
  const row = new RegExp(`: [0-9A-F]+:${hexOf(port)} [0-9A-F]+:0000 ${WAITING[protocol]} `, 'u');
  return row.test(readFileSync(`/proc/${pid}/net/${protocol}`, 'latin1'));
}

async function untilWaiting(port: number, child: ChildProcess, protocol: 'tcp' | 'udp'): Promise<void> {
  for (let attempt = 0; attempt < 1_200; attempt += 1) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the program ended with ${child.exitCode ?? child.signalCode}`);
    if (isWaiting(child.pid ?? 0, port, protocol)) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on ${port}`);
}

/** Starts a program in the foreground and waits until it is up. */
export async function startProgram(
  argv: (folder: string, port: number) => readonly string[],
  inside: readonly string[] = [],
  listens: Listens = 'tcp',
): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-program-'));
  const port = await freePort();
  const [command = '', ...args] = [...inside, ...argv(folder, port)];
  const child = spawn(command, args, { cwd: folder, stdio: 'ignore', env: { ...process.env, PATH } });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  try {
    if (listens === null) await sleep(1_500);
    else await untilWaiting(port, child, listens);
  } catch (error) {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    pid: child.pid ?? 0,
    port,
    folder,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGCONT');
        child.kill('SIGTERM');
        const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
        await ended;
        clearTimeout(timer);
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A Python program; `{port}` in it is a free port, on which it must listen where `listens` says so. */
export const startPython = (code: string, listens = false): Promise<Program> =>
  startProgram(
    (_, port) => ['python3', '-c', code.replaceAll('{port}', String(port))],
    [],
    listens ? 'tcp' : null,
  );

/** The state of a process; see proc_pid_stat(5). */
export const stateOf = (pid: number): string => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3);
};
