import { spawnSync } from 'node:child_process';
import { createLogsCollector, type LogsCollector } from '../../../../src/collectors/logs/collector.ts';
import type { LogActivity } from '../../../../src/model/activity.ts';
import type { Look } from '../../../../src/model/collector.ts';
import type { LogFormat } from '../../../../src/model/target.ts';
import { Procfs } from '../../../../src/os/procfs.ts';
import { watchedProcess } from '../../../support/watched-process.ts';

export const TICK_MS = 1000;
const collectors: LogsCollector[] = [];

export function stopAll(): void {
  for (const collector of collectors.splice(0)) collector.stop();
}

/** What another process does, in Python; it has ended when this returns. */
export function elsewhere(script: string, ...args: string[]): void {
  const { status, stderr } = spawnSync('python3', ['-c', script, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`python3: ${stderr}`);
}

/** A line of JSON, as a log has it. */
export const line = (name: string, more: object = {}): string =>
  `${JSON.stringify({ event: name, ...more })}\n`;

/** Looks a tick apart, from one that is now. */
export class Watch {
  readonly collector: LogsCollector;
  nowMs: number = Date.now();
  #previousMs: number | null = null;

  constructor(file: string, format: LogFormat = 'jsonl', lookBackMs = 0) {
    const sources = [{ file, format }];
    this.collector = createLogsCollector({
      target: 'app',
      sources,
      procfs: new Procfs(),
      tickMs: TICK_MS,
      nowMs: () => this.nowMs,
      lookBackMs,
    });
    collectors.push(this.collector);
  }

  look(full = true, pids: number[] = []): { found: string[]; activities: LogActivity[]; reasons: string[] } {
    const look: Look = {
      nowMs: this.nowMs,
      previousMs: this.#previousMs,
      full,
      processes: pids.map(watchedProcess),
      moved: new Set(),
      started: [],
      ended: [],
    };
    const { activities = [], failures = [] } = this.collector.sample(look);
    this.#previousMs = this.nowMs;
    this.nowMs += TICK_MS;
    const logs = activities as LogActivity[];
    return {
      found: logs.map(({ category }) => category),
      activities: logs,
      reasons: failures.map(({ reason }) => reason),
    };
  }
}
