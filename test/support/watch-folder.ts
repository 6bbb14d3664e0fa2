import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DaemonStatus } from '../../src/model/daemon-status.ts';
import { killDaemons } from './watch-daemon.ts';

/** Where a daemon has its configuration, its state and its proofs. */
interface WatchFolder {
  folder: string;
  config: string;
  state: string;
  store: string;
  reports: string;
}

const folders: string[] = [];
/** What is watched, and still runs. */
export const apps: Set<ChildProcess> = new Set();

/** Ends the daemons and apps of a test file, and removes its folders. */
export function endApps(): void {
  killDaemons();
  for (const app of apps) app.kill('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

export function newFolder(): WatchFolder {
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-watch-'));
  folders.push(folder);
  const state = join(folder, 'state');
  return {
    folder,
    config: join(folder, 'idleproof.yaml'),
    state,
    store: join(state, 'evidence.db'),
    reports: join(folder, 'reports'),
  };
}

/** No network, and no tools. */
export const RULES = `pack: chat
rules:
  - { id: no-calls, title: No calls, failureTitle: It calls, kind: absence, activity: network, match: { direction: outbound } }
  - { id: no-tools, title: No tools, failureTitle: It runs tools, kind: absence, activity: event, match: { type: tool_run } }
`;

export const isOpen = ({ windows }: DaemonStatus): boolean => windows.some(({ state }) => state === 'open');
