/** What an app should not do while nobody uses it: tools, heartbeats and child processes, each on a timer. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import type { EventStore } from './store.ts';

const TOOL_EVERY_MS = 5000;
const HEARTBEAT_EVERY_MS = 3000;
const CHILD_EVERY_MS = 7000;
/** How long a heartbeat's connection and a child process last: long enough for a watchdog that looks once a second. */
const LIFE_MS = 1500;

export interface BackgroundAgent {
  /** Resolves when nothing of it is left. */
  stop(): Promise<void>;
}

/** What the app must not do: rows, a heartbeat and a child process while nobody uses it. */
export function startAgent(store: EventStore, heartbeatPort: number): BackgroundAgent {
  let child: ChildProcess | null = null;
  const runChild = (): void => {
    child = spawn(process.execPath, ['-e', `setTimeout(() => {}, ${LIFE_MS})`], { stdio: 'ignore' });
  };
  const timers = [
    setInterval(() => store.add('tool_run', { tool: 'reindex', askedBy: 'nobody' }), TOOL_EVERY_MS),
    setInterval(() => sendHeartbeat(heartbeatPort), HEARTBEAT_EVERY_MS),
    setInterval(runChild, CHILD_EVERY_MS),
  ];
  return {
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      if (child === null || child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** One request, on a connection that stays open for a while after the answer. */
function sendHeartbeat(port: number): void {
  const connection = new Agent({ keepAlive: true });
  const request = get({ host: '127.0.0.1', port, path: '/heartbeat', agent: connection });
  request.on('response', (response) => response.resume());
  request.on('error', () => connection.destroy());
  setTimeout(() => connection.destroy(), LIFE_MS);
}
