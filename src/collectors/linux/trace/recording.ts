import { parseTracePage } from '../../../core/parse/trace-page.ts';
import {
  TRACE_EVENTS,
  type TraceDecoder,
  traceDecoder,
  type TraceEventName,
} from '../../../core/parse/trace-records.ts';
import type { TraceStats } from '../../../core/parse/trace-stats.ts';
import type { KernelRecord } from '../../../model/kernel-record.ts';
import { pause } from '../../../os/pause.ts';
import type { NotFollowed, TraceInstance } from '../../../os/trace-instance.ts';

/** Threads go on while they are read; somebody who writes faster than that cannot be followed to an end. */
const DRAINS = 5;
/** A moment for whoever is writing a page. */
const PAUSE_MS = 1;

/** What was recorded since the last time. */
export interface Reading {
  /** Of all CPUs, in order of time. */
  records: KernelRecord[];
  /** Records that were overwritten before they were read, or whose bytes made no sense; null: an unknown number. */
  lost: number | null;
  /** False: the buffers were being filled faster than they could be read, so that older records than asked for may be left. */
  isComplete: boolean;
}

/** The kernel's recording of some events. */
export class Recording {
  readonly #instance: TraceInstance;
  readonly #decoder: TraceDecoder;
  #held: KernelRecord[] = [];
  #lostBefore = 0;
  #damagedBefore = 0;

  constructor(instance: TraceInstance, isWanted: (event: TraceEventName) => boolean) {
    this.#instance = instance;
    this.#decoder = traceDecoder(instance.formats(TRACE_EVENTS.filter(isWanted)));
  }

  /** Of the events that this recording has: of the others it says nothing. */
  has(event: TraceEventName): boolean {
    return this.#decoder.events.includes(event);
  }

  /** Why it has not; null where it has. */
  whyNot(event: TraceEventName): string | null {
    const lacking = this.#decoder.unusable.find((one) => one.event === event);
    return lacking === undefined ? null : `${event}: ${lacking.reason}`;
  }

  /** Records an event only where an expression holds. */
  filter(event: TraceEventName, expression: string): void {
    if (this.has(event)) this.#instance.filter(event, expression);
  }

  /** @param expressionOf where it records an event; null: as before */
  filterEach(expressionOf: (event: TraceEventName) => string | null): void {
    for (const event of this.#decoder.events) {
      const expression = expressionOf(event);
      if (expression !== null) this.#instance.filter(event, expression);
    }
  }

  /** To be called when the first threads are followed: without any, the kernel would record everybody. */
  enable(on: boolean): void {
    for (const event of this.#decoder.events) this.#instance.enable(event, on);
  }

  follow(tids: Iterable<number>): NotFollowed[] {
    return this.#instance.follow(tids);
  }

  /**
   * @param upToNs newer records are held back for the next time: other CPUs may have older ones
   * @param thoroughly waits for those who are writing at the moment, and asks the kernel how much was overwritten where no
   *   page was read that would say so
   */
  read(upToNs: number, thoroughly: boolean): Reading {
    const { pageHeader } = this.#instance;
    const found = this.#held;
    this.#held = [];
    let missed: number | null = 0;
    const newestNs = new Map<number, number>();
    const visit = (page: DataView, cpu: number): void => {
      const before = parseTracePage(page, pageHeader, (atNs, offset, length) => {
        newestNs.set(cpu, atNs);
        const record = this.#decoder.decode(page, offset, length, atNs);
        if (record !== null) found.push(record);
      });
      missed = before === null || missed === null ? null : missed + before;
    };
    // A CPU's own records come in order of time: of one that never stops writing enough was read where it came to newer ones.
    const isBehind = (cpu: number): boolean => (newestNs.get(cpu) ?? Number.NEGATIVE_INFINITY) <= upToNs;
    let behind = this.#instance.drain(visit).filter(isBehind);
    for (let drain = 1; drain < DRAINS && behind.length > 0; drain += 1) {
      if (thoroughly) pause(PAUSE_MS);
      behind = this.#instance.drain(visit).filter(isBehind);
    }
    // A page that is being written to reads as empty and not as over, also when nothing is left in it.
    const isComplete = behind.length === 0 || this.#instance.stats(behind).entries === 0;
    found.sort((one, other) => one.atNs - other.atNs);
    const newer = found.findIndex(({ atNs }) => atNs > upToNs);
    const records = newer < 0 ? found : found.slice(0, newer);
    if (newer >= 0) this.#held = found.slice(newer);
    const damaged = this.#decoder.damaged - this.#damagedBefore;
    this.#damagedBefore = this.#decoder.damaged;
    if (missed === 0 && isComplete && !thoroughly) return { records, lost: damaged, isComplete };
    const stats = this.#instance.stats();
    const overwritten = this.#overwrittenSince(stats, missed);
    // What is left of one CPU is older than what others have told: all of it waits for the next time.
    if (!isComplete && !thoroughly) {
      this.#held = found;
      return { records: [], lost: overwritten === null ? null : overwritten + damaged, isComplete };
    }
    return { records, lost: overwritten === null ? null : overwritten + damaged, isComplete };
  }

  /** Takes back what it has just told; the next reading tells it again. */
  giveBack(records: readonly KernelRecord[]): void {
    if (records.length > 0) this.#held = [...records, ...this.#held];
  }

  /** See TraceInstance. */
  get foreignWrite(): string | null {
    return this.#instance.foreignWrite;
  }

  /** See TraceInstance. */
  get unwatched(): string | null {
    return this.#instance.unwatched;
  }

  close(): void {
    this.#instance.close();
  }

  /** @param missed what the pages say; null: some */
  #overwrittenSince({ overrun, commitOverrun, dropped }: TraceStats, missed: number | null): number | null {
    const everLost = overrun + commitOverrun + dropped;
    const lost = everLost - this.#lostBefore;
    this.#lostBefore = everLost;
    return lost === 0 ? missed : lost;
  }
}

/** The records of several recordings, in order of time. */
export function inOrder(readings: readonly Reading[]): readonly KernelRecord[] {
  const [first, ...others] = readings.filter(({ records }) => records.length > 0);
  if (others.length === 0) return first?.records ?? [];
  return readings.flatMap(({ records }) => records).sort((one, other) => one.atNs - other.atNs);
}
