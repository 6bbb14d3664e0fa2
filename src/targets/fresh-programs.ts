import { isDeepStrictEqual } from 'node:util';
import type { WatchedProcess } from '../model/process.ts';
import type { Procfs } from '../os/procfs.ts';
import { readProgram } from './process-info.ts';
import type { ProcessLookup } from './process-table.ts';

/** A process younger than this may still be about to exec. */
const FRESH_MS = 1_000;

/**
 * A child that was first seen between fork and exec bears its parent's name. Whatever is new is looked at again whenever it
 * has run, the last time when it is no longer young; after that, the name under which it was known stays.
 */
export class FreshPrograms {
  readonly #procfs: Procfs;
  readonly #fresh: Set<WatchedProcess> = new Set();

  constructor(procfs: Procfs) {
    this.#procfs = procfs;
  }

  add(process: WatchedProcess): void {
    this.#fresh.add(process);
  }

  /** One that was there before anybody looked is fresh only while it is young. */
  addYoung(process: WatchedProcess, nowMs: number): void {
    if (isYoung(process, nowMs)) this.add(process);
  }

  /** Corrects the processes whose program is another one now, and returns them. */
  refresh(
    table: ProcessLookup,
    nowMs: number,
    hasMoved: (process: WatchedProcess) => boolean,
  ): WatchedProcess[] {
    const renamed: WatchedProcess[] = [];
    for (const process of this.#fresh) {
      if (!hasMoved(process)) continue;
      if (!isYoung(process, nowMs)) this.#fresh.delete(process);
      const stat = table.get(process.pid);
      if (stat?.startTicks !== process.startTicks) {
        this.#fresh.delete(process);
        continue;
      }
      const program = readProgram(this.#procfs, stat);
      // A process on its way out has lost its command line.
      if (program.cmdline === '' || isDeepStrictEqual({ ...process, ...program }, process)) continue;
      renamed.push(Object.assign(process, program));
    }
    return renamed;
  }
}

const isYoung = ({ startedAtMs }: WatchedProcess, nowMs: number): boolean => startedAtMs > nowMs - FRESH_MS;
