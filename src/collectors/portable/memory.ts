import { sayProcess } from '../../core/wording/process.ts';
import type { Availability, Collector, Look, Observations } from '../../model/collector.ts';
import type { ProcessMetrics } from '../../model/sample.ts';
import { Misses } from './misses.ts';
import type { PortableReader } from './reader.ts';
import { usageOf } from './usage-of.ts';

const LIMIT = 'proportional, peak and GPU memory are not told';

/** Resident memory, as pidusage tells it. */
export class PortableMemoryCollector implements Collector {
  readonly name = 'memory';
  readonly #reader: PortableReader;
  readonly #misses: Misses = new Misses();

  constructor(reader: PortableReader) {
    this.#reader = reader;
  }

  probe(): Availability {
    const { usage } = this.#reader.reading;
    if ('problem' in usage) return { status: 'unavailable', tier: 'sampled', reason: usage.problem };
    return this.#availability();
  }

  sample(look: Look): Observations {
    const metrics = new Map<number, ProcessMetrics>();
    for (const [process, { rssBytes }] of usageOf(this.#reader.reading, look, this.#misses)) {
      // None at all is told of one whose first thread has ended, while others hold as much as before.
      if (rssBytes > 0) metrics.set(process.id, { rssBytes });
      else this.#misses.add(process, `pidusage told no memory of ${sayProcess(process)}`);
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
