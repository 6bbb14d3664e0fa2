import { parseLastPid } from '../core/parse/proc-loadavg.ts';
import type { ProcStat } from '../core/parse/proc-stat.ts';
import type { Procfs } from '../os/procfs.ts';
import { isKernelThread, readStat } from './process-table.ts';

const MAX_ROUNDS = 3;

/**
 * Finds processes that were created since the look before. Pids are given in ascending order, and round again, so those
 * between the last pid of the look before and the last pid of now are new, and nothing else has to be read. A whole round
 * between two looks would go unseen; the next full look finds what is left of it.
 */
export class Newcomers {
  readonly #procfs: Procfs;
  readonly #isKernels: boolean;
  readonly #kernelThreads: Set<number> = new Set();
  #lastPid = 0;
  #unsettled = false;

  constructor(procfs: Procfs) {
    this.#procfs = procfs;
    // Containers may have a made-up loadavg mounted over the kernel's (lxcfs), which is seconds late.
    this.#isKernels = procfs.identity('loadavg')?.device === procfs.identity('.')?.device;
  }

  /** Processes were still being created when the last look ended: the next one has to go on, moved or not. */
  get unsettled(): boolean {
    return this.#unsettled;
  }

  /** Whether any process or thread was created on the host since the last read. */
  get hasNew(): boolean {
    return this.#readLastPid() !== this.#lastPid;
  }

  /**
   * New processes by pid, or every process but known threads of the kernel. Lists again until nothing was created
   * meanwhile: of a child that ended before it was read, only its own children tell, and these may be younger than the list.
   */
  read(wantsAll: boolean): Map<number, ProcStat> {
    const all = wantsAll || !this.#isKernels;
    const found = new Map<number, ProcStat>();
    let from = this.#lastPid;
    let last = this.#readLastPid();
    for (let round = 0; round < MAX_ROUNDS && (last !== from || (all && round === 0)); round += 1) {
      for (const pid of this.#procfs.pids()) {
        const isNew = isGivenBetween(pid, from, last);
        if (!isNew && (!all || round > 0 || this.#isKernelThread(pid))) continue;
        const stat = readStat(this.#procfs, pid);
        if (stat === null) continue;
        found.set(pid, stat);
        if (isKernelThread(stat)) this.#kernelThreads.add(pid);
        else this.#kernelThreads.delete(pid);
      }
      from = last;
      last = this.#readLastPid();
    }
    this.#lastPid = from;
    this.#unsettled = last !== from;
    return found;
  }

  /** It was one before, and nobody was given its pid since: half of all processes need not be read again. */
  #isKernelThread(pid: number): boolean {
    return this.#isKernels && this.#kernelThreads.has(pid);
  }

  #readLastPid(): number {
    return parseLastPid(this.#procfs.read('loadavg') ?? '');
  }
}

/** Whether a pid was given after `from` and not after `to`, where counting may have begun anew in between. */
export function isGivenBetween(pid: number, from: number, to: number): boolean {
  return from <= to ? pid > from && pid <= to : pid > from || pid <= to;
}
