import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Disturbance } from '../../model/evidence.ts';
import type { ProcessKey, WatchedProcess } from '../../model/process.ts';
import type { Procfs } from '../../os/procfs.ts';
import { STAMP_GRAIN_MS } from '../../os/stamp-grain.ts';
import { isGoingOn, type Measurement, readMeasurements } from '../measurement-lock.ts';

export interface MeasurementsParts {
  folder: string;
  procfs: Procfs;
  /** All that are configured. */
  targets: readonly string[];
  record: (disturbance: Disturbance) => void;
}

interface Ongoing {
  measurement: Measurement | null;
  /** By target, since when that is not yet recorded. */
  sinceMs: Map<string, number>;
}

/**
 * Notes which targets other commands of ours measure, as disturbances. One that cannot be read is taken for one of every target, and so is one that came and went between
 * two looks.
 */
export class Measurements {
  readonly #parts: MeasurementsParts;
  readonly #ongoing: Map<string, Ongoing> = new Map();
  /** Files of processes that died. */
  readonly #stale: Set<string> = new Set();
  /** The folder's time of change; NaN: not known. */
  #changedMs: number = Number.NaN;
  /** It was changed just now, and may be again without another time of change. */
  #isFresh = false;

  constructor(parts: MeasurementsParts) {
    this.#parts = parts;
    mkdirSync(parts.folder, { recursive: true, mode: 0o700 });
    this.#clear();
  }

  /** @param previousMs of the look before: it may have begun right after it */
  look(nowMs: number, previousMs: number, processes: readonly WatchedProcess[]): void {
    this.#follow(nowMs, previousMs);
    if (this.#ongoing.size === 0) return;
    const keys = new Map(processes.map((process) => [keyOf(process), process.target]));
    for (const [name, { measurement, sinceMs }] of this.#ongoing) {
      for (const target of this.#targetsOf(measurement, keys))
        if (!sinceMs.has(target)) sinceMs.set(target, previousMs);
      if (measurement === null || isGoingOn(measurement, this.#parts.procfs)) continue;
      this.#end(name, nowMs);
      this.#stale.add(name);
    }
  }

  /** Records what goes on up to now: a window may end here. */
  cut(nowMs: number): void {
    for (const { measurement, sinceMs } of this.#ongoing.values()) {
      for (const [target, fromMs] of sinceMs) {
        this.#record(target, fromMs, nowMs, measurement);
        sinceMs.set(target, nowMs);
      }
    }
  }

  /** What is left of others that died; nobody measures by a file that cannot be read. */
  #clear(): void {
    const { folder, procfs } = this.#parts;
    for (const [name, measurement] of readAll(folder) ?? []) {
      if (measurement === null || !isGoingOn(measurement, procfs))
        rmSync(join(folder, name), { force: true });
    }
  }

  #follow(nowMs: number, previousMs: number): void {
    const changedMs = statSync(this.#parts.folder, { throwIfNoEntry: false })?.mtimeMs ?? Number.NaN;
    const isChanged = changedMs !== this.#changedMs;
    if (!isChanged && !this.#isFresh) return;
    const isKnown = !Number.isNaN(this.#changedMs) && !this.#isFresh;
    const found = readAll(this.#parts.folder);
    const isNews = found !== null && this.#take(found, nowMs);
    if (found === null || (!isNews && isChanged && isKnown))
      for (const target of this.#parts.targets) this.#record(target, previousMs, nowMs, null);
    // What could not be read is read at the next look.
    this.#changedMs = found === null ? Number.NaN : changedMs;
    this.#isFresh = Math.abs(Date.now() - changedMs) < STAMP_GRAIN_MS;
  }

  /** @returns whether anything came or went */
  #take(found: ReadonlyMap<string, Measurement | null>, nowMs: number): boolean {
    let isNews = false;
    for (const name of [...this.#ongoing.keys(), ...this.#stale]) {
      if (found.has(name)) continue;
      isNews = true;
      this.#end(name, nowMs);
      this.#stale.delete(name);
    }
    for (const [name, measurement] of found) {
      if (this.#ongoing.has(name) || this.#stale.has(name)) continue;
      isNews = true;
      this.#ongoing.set(name, { measurement, sinceMs: new Map() });
    }
    return isNews;
  }

  #end(name: string, nowMs: number): void {
    const { measurement = null, sinceMs } = this.#ongoing.get(name) ?? { sinceMs: new Map<string, number>() };
    for (const [target, fromMs] of sinceMs) this.#record(target, fromMs, nowMs, measurement);
    this.#ongoing.delete(name);
  }

  #targetsOf(measurement: Measurement | null, keys: ReadonlyMap<string, string>): readonly string[] {
    if (measurement === null) return this.#parts.targets;
    return measurement.processes.flatMap((key) => keys.get(keyOf(key)) ?? []);
  }

  #record(target: string, fromMs: number, toMs: number, measurement: Measurement | null): void {
    const detail =
      measurement === null
        ? 'by another command of idleproof'
        : `by ${measurement.command} (pid ${measurement.by.pid})`;
    this.#parts.record({ target, kind: 'measured', detail, fromMs, toMs });
  }
}

const keyOf = ({ pid, startTicks }: ProcessKey): string => `${pid} ${startTicks}`;

/** null: it cannot be told what is in there. */
function readAll(folder: string): Map<string, Measurement | null> | null {
  try {
    return readMeasurements(folder);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? new Map() : null;
  }
}
