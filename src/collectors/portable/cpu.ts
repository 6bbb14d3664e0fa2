import { sayProcess } from '../../core/wording/process.ts';
import type { Availability, Collector, Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { ProcessMetrics } from '../../model/sample.ts';
import { Misses } from './misses.ts';
import type { PortableReader } from './reader.ts';
import { usageOf } from './usage-of.ts';

const LIMIT =
  'CPU time comes in steps of 10 ms or more, so that one that stands still does not show that nothing ran; that of processes that end between two looks is lost';

const NOBODY: ReadonlySet<number> = new Set();

/** CPU time, as pidusage tells it. As a gate it lets everything through. */
export class PortableCpuCollector implements Collector {
  readonly name = 'cpu';
  readonly #reader: PortableReader;
  readonly #misses: Misses = new Misses();
  readonly #last: Map<number, number> = new Map();
  #gated: readonly WatchedProcess[] = [];
  #moved: ReadonlySet<number> = NOBODY;

  constructor(reader: PortableReader) {
    this.#reader = reader;
  }

  /**
   * Every process counts as having run, at every look: no look is a quiet one, and everything is read each time. Who is
   * gone is for those to find who follow the trees.
   */
  gate(processes: readonly WatchedProcess[]): { moved: ReadonlySet<number>; gone: ReadonlySet<number> } {
    if (processes !== this.#gated) {
      this.#gated = processes;
      this.#moved = new Set(processes.map(({ id }) => id));
    }
    return { moved: this.#moved, gone: NOBODY };
  }

  probe(): Availability {
    const { usage } = this.#reader.reading;
    if ('problem' in usage) return { status: 'unavailable', tier: 'sampled', reason: usage.problem };
    return this.#availability();
  }

  sample(look: Look): Observations {
    for (const { process } of look.ended) this.#last.delete(process.id);
    const metrics = new Map<number, ProcessMetrics>();
    for (const [process, { cpuMs }] of usageOf(this.#reader.reading, look, this.#misses)) {
      // A total that went down would be of another process.
      if (cpuMs < (this.#last.get(process.id) ?? 0)) {
        this.#misses.add(process, `the CPU time of ${sayProcess(process)} went backwards`);
        continue;
      }
      this.#last.set(process.id, cpuMs);
      metrics.set(process.id, { cpuNs: cpuMs * 1e6 });
    }
    return { metrics, ...this.#misses.take() };
  }

  report(): Availability & { lost: number } {
    return { ...this.#availability(), lost: 0 };
  }

  stop(): Availability & { lost: number } {
    return this.report();
  }

  #availability(): Availability {
    return this.#misses.availability(LIMIT);
  }
}
