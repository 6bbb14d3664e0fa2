import { bounded } from '../bounded.ts';
import { escapeControls } from '../../core/parse/escape-controls.ts';
import { microseconds, type TraceEvent } from './events.ts';

const LONGEST_NAME = 300;

/** A slice of a track. */
export interface Slice {
  name: string;
  category: string;
  fromMs: number;
  toMs: number;
  args: Record<string, string | number | boolean | null>;
}

/** In whole microseconds. */
type DrawnSlice = Pick<Slice, 'name' | 'category' | 'args'> & { ts: number; end: number };

/** One process of the trace: it names itself, numbers its threads, and keeps overlapping slices on rows of their own. */
export class TraceProcess {
  readonly #pid: number;
  readonly #events: TraceEvent[];
  readonly #threads: Map<string, number> = new Map();
  /** Until when the rows of a group of slices are taken. */
  readonly #taken: Map<string, number[]> = new Map();

  constructor(events: TraceEvent[], pid: number, name: string, sortIndex: number) {
    this.#events = events;
    this.#pid = pid;
    this.#meta('process_name', 0, { name: nameOf(name) });
    this.#meta('process_sort_index', 0, { sort_index: sortIndex });
  }

  /**
   * Slices of one thread must nest, and what happens at the same time does not: it is spread over as many rows as it takes.
   * @param parts what lies within it, one after the other
   */
  slice(group: string, { name, category, fromMs, toMs, args }: Slice, parts: readonly Slice[] = []): void {
    const rows = this.#taken.get(group) ?? [];
    this.#taken.set(group, rows);
    const ts = microseconds(fromMs);
    const end = Math.max(microseconds(toMs), ts + 1);
    const free = rows.findIndex((untilTs) => untilTs <= ts);
    const row = free < 0 ? rows.length : free;
    rows[row] = end;
    const tid = this.#thread(row === 0 ? group : `${group} ${row + 1}`);
    this.#drawn(tid, { name, category, ts, end, args });
    for (const part of parts) {
      const from = Math.max(microseconds(part.fromMs), ts);
      const to = Math.min(microseconds(part.toMs), end);
      // Of no length, or not within: nobody could see it there.
      if (to > from) this.#drawn(tid, { ...part, ts: from, end: to });
    }
  }

  #drawn(tid: number, { name, category, ts, end, args }: DrawnSlice): void {
    this.#events.push({
      ph: 'X',
      name: nameOf(name),
      cat: category,
      pid: this.#pid,
      tid,
      ts,
      dur: end - ts,
      args: clean(args),
    });
  }

  instant(thread: string, atMs: number, name: string, category: string, args: Slice['args']): void {
    this.#events.push({
      ph: 'i',
      s: 't',
      name: nameOf(name),
      cat: category,
      pid: this.#pid,
      tid: this.#thread(thread),
      ts: microseconds(atMs),
      args: clean(args),
    });
  }

  counter(name: string, atMs: number, unit: string, value: number): void {
    this.#events.push({
      ph: 'C',
      name: nameOf(name),
      pid: this.#pid,
      tid: 0,
      ts: microseconds(atMs),
      args: { [unit]: value },
    });
  }

  #thread(name: string): number {
    const known = this.#threads.get(name);
    if (known !== undefined) return known;
    const tid = this.#threads.size + 1;
    this.#threads.set(name, tid);
    this.#meta('thread_name', tid, { name: nameOf(name) });
    this.#meta('thread_sort_index', tid, { sort_index: tid });
    return tid;
  }

  #meta(name: string, tid: number, args: TraceEvent['args'] & object): void {
    this.#events.push({ ph: 'M', name, pid: this.#pid, tid, ts: 0, args });
  }
}

const textOf = (text: string): string => escapeControls(bounded(text, LONGEST_NAME));

/** An event has to have a name. */
const nameOf = (text: string): string => textOf(text) || '(no name)';

const clean = (args: Slice['args']): Slice['args'] =>
  Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      textOf(key),
      typeof value === 'string' ? textOf(value) : value,
    ]),
  );
