import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  createFilesCollector,
  type FilesCollectorOptions,
} from '../../../../src/collectors/files/collector.ts';
import type { FileActivity } from '../../../../src/model/activity.ts';
import type { Collector, Failure } from '../../../../src/model/collector.ts';

const run = promisify(execFile);

/** One folder under watch, written by other processes. */
export class Watched {
  readonly base: string = realpathSync(mkdtempSync(join(tmpdir(), 'idleproof-files-')));
  readonly folder: string = join(this.base, 'data');
  readonly ownFolder: string = join(this.folder, 'own');
  readonly collector: Collector;
  failures: Failure[] = [];
  #woken = false;
  #nowMs = Date.now();

  constructor(prepare: (folder: string) => void = () => {}, options: Partial<FilesCollectorOptions> = {}) {
    mkdirSync(this.ownFolder, { recursive: true });
    prepare(this.folder);
    this.collector = createFilesCollector({
      target: 'app',
      folder: this.folder,
      ownFolder: this.ownFolder,
      nowMs: () => Date.now(),
      ...options,
    });
    this.collector.onNews?.(() => (this.#woken = true));
    this.look(true);
  }

  get isWoken(): boolean {
    return this.#woken;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Waits until chokidar is ready, and looks. */
  async begin(): Promise<this> {
    await this.until(() => this.#woken);
    this.look(true);
    return this;
  }

  look(full = false): FileActivity[] {
    const previousMs = this.#nowMs;
    this.#nowMs = Date.now();
    this.#woken = false;
    const { activities = [], failures = [] } = this.collector.sample({
      nowMs: this.#nowMs,
      previousMs,
      full,
      processes: [],
      moved: new Set(),
      started: [],
      ended: [],
    });
    this.failures.push(...failures);
    return activities as FileActivity[];
  }

  /**
   * Runs a shell script in the folder, and then looks until nothing is left to tell, comparing only where `full`.
   * @param least so many things there are to tell
   */
  async after(script: string, full = false, least = 1): Promise<string[]> {
    await run('sh', ['-c', script], { cwd: this.folder });
    return await this.told(full, least);
  }

  async told(full = false, least = 0): Promise<string[]> {
    const seen: FileActivity[] = [];
    for (let quietRounds = 0; quietRounds < 4 || seen.length < least; quietRounds += 1) {
      await sleep(60);
      const isWoken = this.#woken;
      const told = this.look(full);
      seen.push(...told);
      if (isWoken || told.length > 0) quietRounds = -1;
    }
    return seen.map(({ op, path }) => `${op} ${path.slice(this.folder.length + 1)}`);
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await sleep(5);
  }

  remove(): void {
    this.collector.stop();
    rmSync(this.base, { recursive: true, force: true });
  }
}
