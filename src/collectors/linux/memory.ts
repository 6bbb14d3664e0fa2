import type { ProcStatus } from '../../core/parse/proc-status.ts';
import { parsePssBytes } from '../../core/parse/smaps-rollup.ts';
import type { Availability, Collector, Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { ProcessMetrics } from '../../model/sample.ts';
import { livingFolder } from '../../os/living-folder.ts';
import { Denials } from './denials.ts';
import { readGpuBytes } from './gpu.ts';
import type { LookReader } from './look-reader.ts';
import { exposed, isQuiet, NOTHING } from './selection.ts';

/**
 * smaps_rollup walks all page tables, which takes 0.1 to 100 ms by the size of the process. One that runs is read this seldom, and all of them
 * at full looks: the share of one that sleeps grows when others, of whom nobody need know, cease to map the same pages.
 */
const PSS_EVERY_MS = 10_000;
/** …and never for more than 1/200 of the time. */
const PSS_SHARE = 200;
/** One that holds so much more than when it was read is read at once: what is gone again ten seconds later was used. */
const GROWN_BYTES = 1_048_576;
const GROWN_SHARE = 16;

interface PssReading {
  atMs: number;
  tookMs: number;
  /** As it was then: when it changes, so does the PSS. */
  heldBytes: number | null;
}

/** Resident, peak and proportional memory, and memory on the GPU where the kernel tells it. */
export class MemoryCollector implements Collector {
  readonly name = 'memory';
  readonly #reader: LookReader;
  readonly #denials: Denials = new Denials('the memory');
  readonly #pss: Map<number, PssReading> = new Map();

  constructor(reader: LookReader) {
    this.#reader = reader;
  }

  probe(processes: readonly WatchedProcess[]): Availability {
    for (const process of processes) this.#readPss(process);
    this.#denials.take();
    return this.#availability();
  }

  sample(look: Look): Observations {
    for (const { process } of look.ended) this.#pss.delete(process.id);
    if (isQuiet(look)) return NOTHING;
    const metrics = new Map<number, ProcessMetrics>();
    for (const process of exposed(look)) {
      const values = this.#read(look, process);
      if (Object.keys(values).length > 0) metrics.set(process.id, values);
    }
    return { metrics, ...this.#denials.take() };
  }

  report(): Availability & { lost: number } {
    return { ...this.#availability(), lost: 0 };
  }

  stop(): Availability & { lost: number } {
    return this.report();
  }

  #read(look: Look, process: WatchedProcess): ProcessMetrics {
    const values: ProcessMetrics = {};
    const status = this.#denials.attempt(process, () => this.#reader.status(look, process.pid));
    if (typeof status?.rssBytes === 'number') values.rssBytes = status.rssBytes;
    if (typeof status?.peakRssBytes === 'number') values.peakRssBytes = status.peakRssBytes;
    const heldBytes = heldBy(status);
    if (this.#isPssDue(look, process, heldBytes)) {
      const beganMs = performance.now();
      const pssBytes = this.#readPss(process);
      const tookMs = performance.now() - beganMs;
      this.#pss.set(process.id, { atMs: look.nowMs, tookMs, heldBytes });
      if (pssBytes !== null) values.pssBytes = pssBytes;
    }
    if (!look.moved.has(process.id)) return values;
    const gpuBytes = readGpuBytes(this.#reader, look, process.pid);
    if (gpuBytes !== null) values.gpuBytes = gpuBytes;
    return values;
  }

  #isPssDue(look: Look, { id }: WatchedProcess, heldBytes: number | null): boolean {
    const last = this.#pss.get(id);
    if (look.full || last === undefined || hasGrown(heldBytes, last.heldBytes)) return true;
    return look.nowMs - last.atMs >= Math.max(PSS_EVERY_MS, last.tookMs * PSS_SHARE);
  }

  #readPss(process: WatchedProcess): number | null {
    const { procfs } = this.#reader;
    const read = (): string | null => procfs.read(`${livingFolder(procfs, process.pid)}/smaps_rollup`);
    const text = this.#denials.attempt(process, read, 'the PSS');
    return parsePssBytes(text ?? '');
  }

  #availability(): Availability {
    return this.#denials.availability('sampled');
  }
}

/** What is resident, huge pages included. */
function heldBy(status: ProcStatus | null | undefined): number | null {
  const { rssBytes = null, hugetlbBytes = null } = status ?? {};
  return rssBytes === null ? null : rssBytes + (hugetlbBytes ?? 0);
}

/** PSS grows by no more than that, as long as nobody lets go of what they share. */
function hasGrown(bytes: number | null, before: number | null): boolean {
  if (bytes === null || before === null) return false;
  return bytes - before > Math.max(GROWN_BYTES, before / GROWN_SHARE);
}
