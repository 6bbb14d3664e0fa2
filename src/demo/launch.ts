/** Starts the demo app (and, with the agent, its heartbeat's other end), and stops both without leaving anything. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface DemoOptions {
  /** An existing folder; the database goes there, and is removed again by `stop`. */
  folder: string;
  agent: boolean;
}

export interface Demo {
  pid: number;
  port: number;
  databasePath: string;
  /** Where the background agent reports to; null without one. */
  heartbeat: { host: string; port: number } | null;
  stop(): Promise<void>;
}

/**
 * Eight seconds after a program's start V8 would collect its garbage once more, only to use less memory: 30 ms of CPU
 * that nobody asked for.
 */
const STILL = '--no-memory-reducer';
const READY_MS = 10_000;
const STOP_MS = 5000;

interface Program {
  pid: number;
  port: number;
  stop(): Promise<void>;
}

/** Rejects when the app does not come up; nothing is left running then. */
export async function startDemo({ folder, agent }: DemoOptions): Promise<Demo> {
  const databasePath = join(folder, 'demo.db');
  const sink = agent ? await start('heartbeat-sink', []) : null;
  const heartbeat = sink === null ? [] : ['--heartbeat', String(sink.port)];
  const stopSink = async (): Promise<void> => sink?.stop();
  const app = await start('app', ['--database', databasePath, '--with-parent', ...heartbeat]).catch(
    async (error: unknown) => {
      await stopSink();
      throw error;
    },
  );
  return {
    pid: app.pid,
    port: app.port,
    databasePath,
    heartbeat: sink === null ? null : { host: '127.0.0.1', port: sink.port },
    stop: async () => {
      await app.stop();
      await stopSink();
      for (const suffix of ['', '-wal', '-shm']) await rm(databasePath + suffix, { force: true });
    },
  };
}

/** Runs a program of this folder. Its standard input stays open as long as we live, so that it ends with us. */
async function start(name: string, args: string[]): Promise<Program> {
  const file = fileURLToPath(new URL(name + extname(import.meta.url), import.meta.url));
  const child = spawn(process.execPath, [STILL, file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    const { port } = await readiness(child, name);
    return { pid: child.pid ?? 0, port, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

/** The program's first line, within ten seconds. */
async function readiness(child: ChildProcess, name: string): Promise<{ port: number }> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the demo's ${name} ended with ${String(code)} before it was ready`);
  });
  ended.catch(() => {});
  if (child.stdout === null) throw new Error(`the demo's ${name} has no output`);
  const line = once(createInterface({ input: child.stdout }), 'line', {
    signal: AbortSignal.timeout(READY_MS),
  });
  const [text] = (await Promise.race([line, ended])) as [string];
  return JSON.parse(text) as { port: number };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(late);
}
