import { existsSync } from 'node:fs';
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeReady, type ReadyCondition } from '../../core/parse/ready.ts';
import { Procfs } from '../../os/procfs.ts';
import { readCommandTree } from './command-tree.ts';
import { OutputLines } from './output-lines.ts';
import { hasEnded, readStat } from '../process-table.ts';
import { findOwners, readListeners } from '../socket-owners.ts';
import { commandEnded, commandNotReady, type StartedCommand } from './started-command.ts';

const POLL_MS = 50;
const REQUEST_TIMEOUT_MS = 2_000;

/** When a command was seen to be ready, counted from when the waiting began. */
export interface ReadyAt {
  /** The last look before began then, and found it not ready; 0: it was ready at the first. */
  notBeforeMs: number;
  readyMs: number;
}

/**
 * Waits for the condition. Throws an IdleproofError when the command ends first (unless it ended well and left daemons
 * behind) or is not ready in time, and the signal's reason when that aborts.
 */
export async function waitUntilReady(
  command: StartedCommand,
  ready: ReadyCondition,
  options: { timeoutMs: number; signal: AbortSignal; pollMs?: number },
): Promise<ReadyAt> {
  const { timeoutMs, signal, pollMs = POLL_MS } = options;
  const startMs = performance.now();
  let notBeforeMs = 0;
  const isReady = checkOf(command, ready, startMs);
  const limitMs = ready.by === 'duration' ? Math.max(timeoutMs, ready.durationMs + POLL_MS) : timeoutMs;
  for (;;) {
    signal.throwIfAborted();
    // Ready before ended: a launcher may open the port through its daemon and end at once.
    const lookMs = performance.now() - startMs;
    const reached = await isReady();
    const readyMs = performance.now() - startMs;
    await assertRunning(command);
    if (reached) return { notBeforeMs, readyMs };
    notBeforeMs = lookMs;
    if (performance.now() - startMs >= limitMs) {
      throw commandNotReady(command, describeReady(ready), Math.round(limitMs));
    }
    await sleep(pollMs, undefined, { signal }).catch(() => {});
  }
}

/**
 * Whether a condition holds before a command is started, by somebody else's doing: an old server that answers or listens, a file that was left.
 * Lines count only where they are of the command's own output.
 */
export async function isReadyBefore(ready: ReadyCondition): Promise<boolean> {
  switch (ready.by) {
    case 'http':
      return answers(ready.url);
    case 'port':
      return readListeners(new Procfs(), 'tcp', 'self').some(({ port }) => port === ready.port);
    case 'file':
      return existsSync(resolve(ready.path));
    default:
      return false;
  }
}

/** Throws an IdleproofError where a command has failed by now, also where nobody was told of its end yet. */
export async function assertRunning(command: StartedCommand): Promise<void> {
  const stat = command.exited() === null ? readStat(new Procfs(), command.pid) : null;
  if (stat !== null && stat.startTicks === command.startTicks && hasEnded(stat)) await command.exit;
  if (hasFailed(command)) throw commandEnded(command);
}

function hasFailed(command: StartedCommand): boolean {
  const exit = command.exited();
  if (exit === null) return false;
  return exit.code !== 0 || readCommandTree(new Procfs(), [command]).length === 0;
}

type Check = () => boolean | Promise<boolean>;

function checkOf(command: StartedCommand, ready: ReadyCondition, startMs: number): Check {
  switch (ready.by) {
    case 'port':
      return () => isPortOpen(command, ready.port);
    case 'http':
      return () => answers(ready.url);
    case 'log': {
      const regex = new RegExp(ready.pattern);
      const lines = new OutputLines(command.outputPath);
      return () => lines.read().some((line) => regex.test(line));
    }
    case 'file':
      return () => existsSync(resolve(command.cwd, ready.path));
    default:
      return () => performance.now() - startMs >= ready.durationMs;
  }
}

/**
 * Looks whether the command, and nobody else, listens there, without connecting: what a connection leaves behind would
 * be the first thing that the window sees. Where its open files may not be read (another user's), any listener will do.
 */
function isPortOpen(command: StartedCommand, port: number): boolean {
  const procfs = new Procfs();
  const running = readCommandTree(procfs, [command]);
  const pids = running.map(({ pid }) => pid);
  const inodes = listenersOn(procfs, port, pids[0]);
  if (inodes.size === 0) return false;
  const { byInode, hidden } = findOwners(procfs, inodes, pids);
  return byInode.size > 0 || hidden > 0;
}

/** Inodes of the sockets that wait on a port, in our network or in that of a process. */
function listenersOn(procfs: Procfs, port: number, of: number | 'self' = 'self'): Set<number> {
  const listeners = (['tcp', 'udp'] as const).flatMap((protocol) => readListeners(procfs, protocol, of));
  return new Set(listeners.filter((listener) => listener.port === port).map(({ inode }) => inode));
}

/** Whether an address answers with a status of 2xx; over a connection of its own, which is closed again. */
function answers(url: string): Promise<boolean> {
  return new Promise((done) => {
    const get = url.startsWith('https:') ? getHttps : getHttp;
    const request = get(url, { agent: false, timeout: REQUEST_TIMEOUT_MS }, (response) => {
      const { statusCode = 0 } = response;
      request.destroy();
      done(statusCode >= 200 && statusCode < 300);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => done(false));
    request.on('close', () => done(false));
  });
}
