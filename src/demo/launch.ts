/** How `idleproof demo` runs the demo: the app as a command to be watched, and the other end of its agent's heartbeat. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface AppOptions {
  databasePath: string;
  /** Where the background agent reports to on 127.0.0.1; null: no agent. */
  heartbeatPort: number | null;
}

export interface HeartbeatSink {
  port: number;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
}

/**
 * Eight seconds after a program's start V8 would collect its garbage once more, only to use less memory: 30 ms of CPU
 * that nobody asked for. Nor is it to collect in a task, where the destructors of native addons do not work (Node 24).
 */
const STILL = ['--no-memory-reducer', '--no-minor-gc-task'];
const READY_MS = 10_000;

/** What the app prints when it is ready, as a regular expression. */
export const APP_READY = '"port":';

/** The command line that runs the app. */
export function appCommand({ databasePath, heartbeatPort }: AppOptions): string[] {
  const heartbeat = heartbeatPort === null ? [] : ['--heartbeat', String(heartbeatPort)];
  return [process.execPath, ...STILL, programFile('app'), '--database', databasePath, ...heartbeat];
}

/** Starts the heartbeat's other end. Its standard input stays open as long as we live, so that it ends with us. */
export async function startHeartbeatSink(): Promise<HeartbeatSink> {
  const child = spawn(process.execPath, [...STILL, programFile('heartbeat-sink')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const port = await readPort(child);
    return { port, stop: () => stop(child) };
  } catch (error) {
    await stop(child);
    throw error;
  }
}

function programFile(name: string): string {
  return fileURLToPath(new URL(name + extname(import.meta.url), import.meta.url));
}

/** The port in the program's first line, within ten seconds. */
async function readPort(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error('the heartbeat sink has no output');
  const signal = AbortSignal.timeout(READY_MS);
  const line = once(createInterface({ input: child.stdout }), 'line', { signal });
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`the heartbeat sink ended with ${String(code)} before it was ready`);
  });
  ended.catch(() => {});
  const [text] = (await Promise.race([line, ended])) as [string];
  return (JSON.parse(text) as { port: number }).port;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}
