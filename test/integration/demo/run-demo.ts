import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { AppOptions, HeartbeatSink } from '../../../src/demo/launch.ts';

/** The built demo: its programs are run by Node itself, which does not read TypeScript before version 22. */
const { appCommand, startHeartbeatSink } = (await import(pathToFileURL('dist/demo/launch.js').href)) as {
  appCommand: (options: AppOptions) => string[];
  startHeartbeatSink: () => Promise<HeartbeatSink>;
};

export interface Demo {
  pid: number;
  port: number;
  databasePath: string;
  /** 0 without the agent. */
  heartbeatPort: number;
  stop(): Promise<void>;
}

export async function runDemo(folder: string, agent: boolean): Promise<Demo> {
  const databasePath = join(folder, 'demo.db');
  const sink = agent ? await startHeartbeatSink() : null;
  const [file = '', ...args] = appCommand({ databasePath, heartbeatPort: sink?.port ?? null });
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    pid: child.pid ?? 0,
    port: (JSON.parse(line) as { port: number }).port,
    databasePath,
    heartbeatPort: sink?.port ?? 0,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = once(child, 'exit');
        child.kill('SIGTERM');
        await ended;
      }
      await sink?.stop();
    },
  };
}
