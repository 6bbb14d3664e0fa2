import { closeSync, constants, openSync, readdirSync, readSync } from 'node:fs';
import { addTraceStats, parseTraceStats, type TraceStats } from '../core/parse/trace-stats.ts';
import { type ReadNow, readNow } from './read-now.ts';

/** One page of the ring buffer of one CPU. The buffer is shared: use it before the next one. */
export type VisitPage = (page: DataView, cpu: number) => void;

interface CpuFiles {
  cpu: number;
  pages: number;
  stats: number;
}

/**
 * The ring buffers of an instance, one for each CPU. All files are kept open: a look costs one system call a CPU, and the
 * kernel does not remove an instance of which a file is open.
 */
export class TracePages {
  readonly #cpus: CpuFiles[] = [];
  readonly #fds: number[] = [];
  readonly #page: Uint8Array;
  readonly #view: DataView;
  readonly #maxPages: number;
  readonly #read: ReadNow = readNow();
  readonly #text: Buffer = Buffer.alloc(4096);

  /**
   * @param folder of the instance
   * @param pageBytes size of a page, header and data
   * @param maxPages how many pages of a CPU one drain takes: a busy CPU could go on writing for ever
   */
  constructor(folder: string, pageBytes: number, maxPages: number) {
    this.#page = new Uint8Array(pageBytes);
    this.#view = new DataView(this.#page.buffer);
    this.#maxPages = maxPages;
    try {
      // All CPUs that there can be have a folder, not only those that are online.
      for (const name of readdirSync(`${folder}/per_cpu`)) this.#open(`${folder}/per_cpu/${name}`, name);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #open(folder: string, name: string): void {
    const pages = openSync(`${folder}/trace_pipe_raw`, constants.O_RDONLY | constants.O_NONBLOCK);
    this.#fds.push(pages);
    const stats = openSync(`${folder}/stats`, 'r');
    this.#fds.push(stats);
    this.#cpus.push({ cpu: Number(name.slice('cpu'.length)), pages, stats });
  }

  /**
   * Reads what was written since the last time, CPU by CPU: records of different CPUs come in no order of time.
   * @returns the CPUs of which something may be left: more was written while it was being read
   */
  drain(visit: VisitPage): number[] {
    const unfinished: number[] = [];
    for (const { pages, cpu } of this.#cpus) if (!this.#drainCpu(pages, cpu, visit)) unfinished.push(cpu);
    return unfinished;
  }

  /** False where something may be left. */
  #drainCpu(fd: number, cpu: number, visit: VisitPage): boolean {
    for (let count = 0; count < this.#maxPages; count += 1) {
      const length = this.#read(fd, this.#page);
      if (length === null) return true;
      if (length === 0) return false;
      visit(length === this.#page.length ? this.#view : new DataView(this.#page.buffer, 0, length), cpu);
    }
    return false;
  }

  /** Summed over some CPUs, left out: all. Throws where there is none of them, as after `close`: nobody knows what was lost then. */
  stats(cpus?: readonly number[]): TraceStats {
    const asked = this.#cpus.filter(({ cpu }) => cpus?.includes(cpu) ?? true);
    if (asked.length === 0) throw new Error('no ring buffer of these CPUs is open');
    return asked
      .map(({ stats }) => {
        const length = readSync(stats, this.#text, 0, this.#text.length, 0);
        return parseTraceStats(this.#text.toString('latin1', 0, length));
      })
      .reduce(addTraceStats);
  }

  close(): void {
    this.#cpus.length = 0;
    for (const fd of this.#fds.splice(0)) closeSync(fd);
  }
}
