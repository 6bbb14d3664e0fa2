import { isDeepStrictEqual } from 'node:util';
import type { WatchedProcess } from '../model/process.ts';
import type { Procfs } from '../os/procfs.ts';
import { readProgram } from './process-info.ts';
import type { ProcessLookup } from './process-table.ts';

/**
 * A child that was first seen between fork and exec bears its parent's name. Whatever is new is looked at once more when
 * it has run again; after that, the name under which it was first known stays.
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

  /** Corrects the processes whose program is another one now, and returns them. */
  refresh(table: ProcessLookup, hasMoved: (process: WatchedProcess) => boolean): WatchedProcess[] {
    const renamed: WatchedProcess[] = [];
    for (const process of this.#fresh) {
      if (!hasMoved(process)) continue;
      this.#fresh.delete(process);
      const stat = table.get(process.pid);
      if (stat?.startTicks !== process.startTicks) continue;
      const program = readProgram(this.#procfs, stat);
      // A process on its way out has lost its command line.
      if (program.cmdline === '' || isDeepStrictEqual({ ...process, ...program }, process)) continue;
      renamed.push(Object.assign(process, program));
    }
    return renamed;
  }
}
