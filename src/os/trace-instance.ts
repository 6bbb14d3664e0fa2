import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { parseTracePageHeader, type TracePageHeader } from '../core/parse/trace-format.ts';
import type { TraceStats } from '../core/parse/trace-stats.ts';
import { ForeignWrites } from './foreign-writes.ts';
import { attemptQuietly, removeInstance } from './remove-instance.ts';
import { newInstanceName } from './trace-instance-name.ts';
import { TracePages, type VisitPage } from './trace-pages.ts';
import { findTracefs } from './tracefs.ts';
import { attempt, TracefsError } from './tracefs-error.ts';

interface TraceInstanceOptions {
  /** Size of the ring buffer, for each CPU. */
  bufferKb: number;
  /** Follow the children and threads of followed threads, and forget those that end. */
  followForks?: boolean;
  /** Folder of tracefs; found, or mounted, where it is not given. */
  tracefs?: string;
}

/** A thread that could not be followed, and why. */
export interface NotFollowed {
  tid: number;
  reason: string;
}

/**
 * A trace of our own in the kernel, beside all others: its events, threads, clock (CLOCK_BOOTTIME) and buffer are its own.
 * See Documentation/trace/ftrace.rst of the kernel. Every failure is a TracefsError.
 */
export interface TraceInstance {
  readonly folder: string;
  readonly pageHeader: TracePageHeader;
  /** Texts of the `format` files of these events; those that the kernel does not have are left out. */
  formats(events: readonly string[]): Map<string, string>;
  /**
   * Records what these threads do, besides those that are followed already. For as long as there was none, **every** thread of
   * the machine is recorded. A thread that is gone does no harm. Returns those that the kernel refused.
   */
  follow(tids: Iterable<number>): NotFollowed[];
  followed(): number[];
  enable(event: string, on: boolean): void;
  /** Records an event only where this holds; see «Event filtering» in Documentation/trace/events.rst of the kernel. */
  filter(event: string, expression: string): void;
  /** See TracePages. */
  drain(visit: VisitPage): number[];
  /** See TracePages. */
  stats(cpus?: readonly number[]): TraceStats;
  /** A file of it that somebody else has written to, so that records can be missing; null: none. See ForeignWrites. */
  readonly foreignWrite: string | null;
  /** Why such a write can go unnoticed; null: it cannot. See ForeignWrites. */
  readonly unwatched: string | null;
  /** Ends the recording and removes the instance with all that was not read. */
  close(): void;
}

/** Makes a trace of our own, which records nothing yet. @throws TracefsError where there is none to be had */
export function openTraceInstance({
  bufferKb,
  followForks = true,
  tracefs = findTracefs(),
}: TraceInstanceOptions): TraceInstance {
  const folder = `${tracefs}/instances/${newInstanceName()}`;
  attempt("an instance of the kernel's trace", () => mkdirSync(folder));
  try {
    return attempt("setting up the kernel's trace", () => new OpenInstance(folder, bufferKb, followForks));
  } catch (error) {
    attemptQuietly(() => rmdirSync(folder));
    throw error;
  }
}

class OpenInstance implements TraceInstance {
  readonly folder: string;
  readonly pageHeader: TracePageHeader;
  readonly #pages: TracePages;
  readonly #foreign: ForeignWrites;

  constructor(folder: string, bufferKb: number, followForks: boolean) {
    this.folder = folder;
    this.#write('trace_clock', 'boot');
    // As the top instance was set, a full buffer could drop what is new, which no page would tell.
    this.#write('options/overwrite', '1');
    this.#write('options/event-fork', followForks ? '1' : '0');
    this.#write('buffer_size_kb', String(bufferKb));
    this.pageHeader = parseTracePageHeader(readFileSync(`${folder}/events/header_page`, 'latin1'));
    const { pageBytes } = this.pageHeader;
    this.#pages = new TracePages(folder, pageBytes, 2 * Math.ceil((bufferKb * 1024) / pageBytes) + 2);
    this.#foreign = new ForeignWrites(folder);
  }

  get foreignWrite(): string | null {
    return this.#foreign.first;
  }

  get unwatched(): string | null {
    return this.#foreign.unwatched;
  }

  formats(events: readonly string[]): Map<string, string> {
    const formats = new Map<string, string>();
    for (const event of events) {
      const text = this.#readIfThere(`events/${event}/format`);
      if (text !== null) formats.set(event, text);
    }
    return formats;
  }

  follow(tids: Iterable<number>): NotFollowed[] {
    const all = [...tids];
    // Nothing to write would be nothing to follow, and that is everybody.
    if (all.length === 0) return [];
    try {
      this.#append('set_event_pid', all.join(' '));
      return [];
    } catch {
      return this.#followOneByOne(all);
    }
  }

  #followOneByOne(tids: readonly number[]): NotFollowed[] {
    const refused: NotFollowed[] = [];
    for (const tid of tids) {
      try {
        this.#append('set_event_pid', String(tid));
      } catch (error) {
        refused.push({ tid, reason: (error as Error).message });
      }
    }
    return refused;
  }

  followed(): number[] {
    const text = attempt('the followed threads', () =>
      readFileSync(`${this.folder}/set_event_pid`, 'latin1'),
    );
    return text
      .split('\n')
      .filter((line) => /^\d+$/.test(line))
      .map(Number);
  }

  enable(event: string, on: boolean): void {
    attempt(`the trace event ${event}`, () => this.#write(`events/${event}/enable`, on ? '1' : '0'));
  }

  filter(event: string, expression: string): void {
    attempt(`the filter of ${event}`, () => this.#write(`events/${event}/filter`, expression));
  }

  drain(visit: VisitPage): number[] {
    return attempt("reading the kernel's trace", () => this.#pages.drain(visit));
  }

  stats(cpus?: readonly number[]): TraceStats {
    return attempt("the statistics of the kernel's trace", () => this.#pages.stats(cpus));
  }

  close(): void {
    this.#foreign.close();
    this.#pages.close();
    removeInstance(this.folder);
  }

  #write(path: string, text: string): void {
    writeFileSync(`${this.folder}/${path}`, text);
  }

  /** Without O_TRUNC, which would forget those that were there. */
  #append(path: string, text: string): void {
    attempt('following threads', () => writeFileSync(`${this.folder}/${path}`, `${text}\n`, { flag: 'a' }));
  }

  #readIfThere(path: string): string | null {
    try {
      return readFileSync(`${this.folder}/${path}`, 'latin1');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new TracefsError(path, error);
    }
  }
}
