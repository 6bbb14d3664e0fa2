import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createEventsCollector, type EventsCollector } from '../../../../src/collectors/events/collector.ts';
import type { EventActivity } from '../../../../src/model/activity.ts';
import type { Availability } from '../../../../src/model/collector.ts';
import type { EventsSource } from '../../../../src/model/target.ts';
import { Procfs } from '../../../../src/os/procfs.ts';
import { watchedProcess } from '../../../support/watched-process.ts';

export const SCHEMA =
  "CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), payload TEXT);";

export interface LookResult {
  rows: EventActivity[];
  failures: string[];
}

/** A database in a folder of its own, written by other real processes, and a collector that looks at it. */
export class Bench {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'idleproof-events-'));
  readonly path: string = join(this.folder, 'app.db');
  readonly #collectors: EventsCollector[] = [];
  readonly #pids: number[] = [];

  /** Runs SQL through Debian's sqlite3 command line. */
  sql(text: string, path: string = this.path, env: Record<string, string> = {}): string {
    return execFileSync('sqlite3', ['-bail', path, text], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
  }

  python(code: string, env: Record<string, string> = {}): string {
    return execFileSync('python3', ['-c', code, this.path], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });
  }

  /** A python3 process that stays; resolves with its first line, `tell` sends it one and resolves with its answer. */
  async hold(
    code: string,
  ): Promise<{ pid: number; tell: (line: string) => Promise<string>; ended: Promise<number | null> }> {
    const child = spawn('python3', ['-u', '-c', code, this.path], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#pids.push(child.pid as number);
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const answer = async (): Promise<string> => String((await lines.next()).value);
    await answer();
    const tell = (line: string): Promise<string> => {
      const answered = answer();
      child.stdin.write(`${line}\n`);
      return answered;
    };
    return { pid: child.pid as number, tell, ended };
  }

  collector(source: Partial<EventsSource> = {}, lookBackMs = 300_000): Watch {
    const collector = createEventsCollector({
      target: 'app',
      source: { sqlite: this.path, table: 'events', ...source },
      procfs: new Procfs(),
      tickMs: 1000,
      nowMs: () => Date.now(),
      lookBackMs,
    });
    this.#collectors.push(collector);
    return new Watch(collector);
  }

  close(): void {
    for (const collector of this.#collectors) collector.stop();
    for (const pid of this.#pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {}
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Watch {
  readonly collector: EventsCollector;
  #previousMs: number | null = null;

  constructor(collector: EventsCollector) {
    this.collector = collector;
  }

  /** Looks at everything, unless asked otherwise: nobody has given the watcher a turn of the event loop to hear of anything. */
  look(options: { full?: boolean; pids?: number[]; nowMs?: number } = {}): LookResult {
    const nowMs = options.nowMs ?? Date.now();
    const processes = (options.pids ?? []).map(watchedProcess);
    const { activities = [], failures = [] } = this.collector.sample({
      nowMs,
      previousMs: this.#previousMs,
      full: options.full ?? true,
      processes,
      moved: new Set(),
      started: [],
      ended: [],
    });
    this.#previousMs = nowMs;
    return { rows: activities as EventActivity[], failures: failures.map((failure) => failure.reason) };
  }

  types(options: Parameters<Watch['look']>[0] = {}): string[] {
    return this.look(options).rows.map((row) => row.type);
  }

  /** Looks until there is something to tell: its watcher hears of it with a turn of the event loop, or several. */
  async told(): Promise<string[]> {
    for (;;) {
      const types = this.types({ full: this.#previousMs === null });
      if (types.length > 0) return types;
      await sleep(20);
    }
  }

  stop(): Availability & { lost: number } {
    return this.collector.stop();
  }
}

export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
