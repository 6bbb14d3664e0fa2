import { parseKeyValues } from '../../core/parse/key-values.ts';
import type { Availability, Collector, Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { ProcessMetrics } from '../../model/sample.ts';
import type { SharesFiles } from '../../os/kcmp.ts';
import { Denials } from './denials.ts';
import type { LookReader } from './look-reader.ts';
import { openFileCount } from './open-file-count.ts';
import { OwedUsage } from './owed-usage.ts';
import { NOTHING, ran } from './selection.ts';

/**
 * Bytes that storage was asked for, and the number of open files. The kernel adds the bytes of a child to its parent's
 * when the child is waited for.
 */
export class IoCollector implements Collector {
  readonly name = 'io';
  readonly #reader: LookReader;
  readonly #denials: Denials = new Denials('the io counters');
  readonly #owed: OwedUsage;
  readonly #sharesFiles: SharesFiles;

  constructor(reader: LookReader, sharesFiles: SharesFiles) {
    this.#reader = reader;
    this.#sharesFiles = sharesFiles;
    this.#owed = new OwedUsage(reader);
  }

  probe(processes: readonly WatchedProcess[]): Availability {
    for (const process of processes) this.#read(process, null);
    this.#denials.take();
    return this.#availability();
  }

  sample(look: Look): Observations {
    const lost = this.#owed.lost(look);
    if (look.moved.size === 0) return lost.length === 0 ? NOTHING : { failures: lost };
    const metrics = new Map<number, ProcessMetrics>();
    for (const process of ran(look)) {
      const values = this.#read(process, look);
      if (Object.keys(values).length > 0) metrics.set(process.id, values);
    }
    const { failures = [] } = this.#denials.take();
    return { metrics, failures: [...failures, ...lost] };
  }

  /** A process that no look has read was told to have ended; see OwedUsage. */
  owe(process: WatchedProcess): void {
    this.#owed.owe(process);
  }

  dueAtMs(): number {
    return this.#owed.dueAtMs();
  }

  report(): Availability & { lost: number } {
    return { ...this.#availability(), lost: 0 };
  }

  stop(): Availability & { lost: number } {
    return this.report();
  }

  /** @param look null: before the first one */
  #read(process: WatchedProcess, look: Look | null): ProcessMetrics {
    const { procfs } = this.#reader;
    const counters = parseKeyValues(
      this.#denials.attempt(process, () => procfs.read(`${process.pid}/io`)) ?? '',
    );
    const openFiles = this.#denials.attempt(
      process,
      () => {
        const stat = look === null ? undefined : this.#reader.stat(look, process.pid);
        return openFileCount(procfs, this.#sharesFiles, process.pid, stat);
      },
      'the open files',
    );
    const readBytes = counters.get('read_bytes');
    const writtenBytes = counters.get('write_bytes');
    return {
      ...(readBytes === undefined ? {} : { readBytes }),
      ...(writtenBytes === undefined ? {} : { writtenBytes }),
      ...(typeof openFiles === 'number' ? { openFiles } : {}),
    };
  }

  #availability(): Availability {
    const { open } = this.#owed;
    const availability = this.#denials.availability(open === null ? 'counter' : 'sampled');
    return availability.reason === null ? { ...availability, reason: open } : availability;
  }
}
