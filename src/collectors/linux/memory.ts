import { parseKeyValues } from '../../core/parse/key-values.ts';
import type { Availability, Collector, Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { ProcessMetrics } from '../../model/sample.ts';
import { Denials } from './denials.ts';
import { readGpuBytes } from './gpu.ts';
import type { LookReader } from './look-reader.ts';
import { isQuiet, NOTHING, selected } from './selection.ts';

/** smaps_rollup walks all page tables: 0.1 to 100 ms by the size of the process. A busy one is read this seldom. */
const PSS_EVERY_MS = 10_000;
/** …and never for more than 1/200 of the time. */
const PSS_SHARE = 200;

/** Resident, peak and proportional memory, and memory on the GPU where the kernel tells it. */
export class MemoryCollector implements Collector {
  readonly name = 'memory';
  readonly provides: readonly string[] = ['memory.pss', 'memory.rss', 'memory.peak', 'gpu.memory'];
  readonly #reader: LookReader;
  readonly #denials: Denials = new Denials('the memory');
  /** When the PSS of each process may be read again. */
  readonly #pssDueMs: Map<number, number> = new Map();

  constructor(reader: LookReader) {
    this.#reader = reader;
  }

  probe(processes: readonly WatchedProcess[]): Availability {
    for (const process of processes) this.#readPss(process);
    this.#denials.take();
    return this.#availability();
  }

  sample(look: Look): Observations {
    for (const { process } of look.ended) this.#pssDueMs.delete(process.id);
    if (isQuiet(look)) return NOTHING;
    const metrics = new Map<number, ProcessMetrics>();
    for (const process of selected(look)) {
      const values = this.#read(look, process);
      if (Object.keys(values).length > 0) metrics.set(process.id, values);
    }
    return { metrics, ...this.#denials.take() };
  }

  stop(): Availability & { lost: number } {
    return { ...this.#availability(), lost: 0 };
  }

  #read(look: Look, process: WatchedProcess): ProcessMetrics {
    const values: ProcessMetrics = {};
    const status = this.#denials.attempt(process, () => this.#reader.status(look, process.pid));
    if (typeof status?.rssBytes === 'number') values.rssBytes = status.rssBytes;
    if (typeof status?.peakRssBytes === 'number') values.peakRssBytes = status.peakRssBytes;
    if (look.full || look.nowMs >= (this.#pssDueMs.get(process.id) ?? 0)) {
      const beganMs = performance.now();
      const pssBytes = this.#readPss(process);
      const tookMs = performance.now() - beganMs;
      this.#pssDueMs.set(process.id, look.nowMs + Math.max(PSS_EVERY_MS, tookMs * PSS_SHARE));
      if (pssBytes !== null) values.pssBytes = pssBytes;
    }
    const gpuBytes = this.#denials.attempt(process, () => readGpuBytes(this.#reader, look, process.pid), 'open files');
    if (typeof gpuBytes === 'number') values.gpuBytes = gpuBytes;
    return values;
  }

  #readPss(process: WatchedProcess): number | null {
    const read = (): string | null => this.#reader.procfs.read(`${process.pid}/smaps_rollup`);
    const text = this.#denials.attempt(process, read, 'the PSS');
    const kilobytes = parseKeyValues(text ?? '').get('Pss');
    return kilobytes === undefined ? null : kilobytes * 1024;
  }

  #availability(): Availability {
    const reason = this.#denials.firstReason;
    return { status: reason === null ? 'ok' : 'partial', tier: 'sampled', reason };
  }
}
