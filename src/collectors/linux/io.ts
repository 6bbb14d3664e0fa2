import { parseKeyValues } from '../../core/parse/key-values.ts';
import type { Availability, Collector, Look, Observations } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { ProcessMetrics } from '../../model/sample.ts';
import { livingFolder } from '../../os/living-folder.ts';
import { Denials } from './denials.ts';
import type { LookReader } from './look-reader.ts';
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

  constructor(reader: LookReader) {
    this.#reader = reader;
    this.#owed = new OwedUsage(reader);
  }

  probe(processes: readonly WatchedProcess[]): Availability {
    for (const process of processes) this.#read(process);
    this.#denials.take();
    return this.#availability();
  }

  sample(look: Look): Observations {
    const lost = this.#owed.lost(look);
    if (look.moved.size === 0) return lost.length === 0 ? NOTHING : { failures: lost };
    const metrics = new Map<number, ProcessMetrics>();
    for (const process of ran(look)) {
      const values = this.#read(process);
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

  #read(process: WatchedProcess): ProcessMetrics {
    const { procfs } = this.#reader;
    const counters = parseKeyValues(
      this.#denials.attempt(process, () => procfs.read(`${process.pid}/io`)) ?? '',
    );
    const openFiles = this.#denials.attempt(
      process,
      () => this.#countOpenFiles(process.pid),
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

  /** The size of the folder, since Linux 6.2; before, without open files, and where the first thread has ended, it is 0. */
  #countOpenFiles(pid: number): number | null {
    const { procfs } = this.#reader;
    const count = procfs.openFileCount(pid);
    return count === 0 ? (procfs.list(`${livingFolder(procfs, pid)}/fd`)?.length ?? null) : count;
  }

  #availability(): Availability {
    const { open } = this.#owed;
    const availability = this.#denials.availability(open === null ? 'counter' : 'sampled');
    return availability.reason === null ? { ...availability, reason: open } : availability;
  }
}
