import type { SignalRecord } from '../../../model/kernel-record.ts';
import type { Woken } from './wake-threads.ts';

/** The kernel records a signal some microseconds after the wake that it causes. */
const SIGNAL_WITHIN_NS = 1e6;
/** Threads that woke somebody lately. */
const MOST_WAKERS = 256;

/** The last wakes, by the thread that was running: a signal that it sent is recorded after them. */
export class RecentWakes {
  readonly #byWaker: Map<number, Woken[]> = new Map();

  add(woken: Woken): void {
    const { waking } = woken;
    const recent = (this.#byWaker.get(waking.tid) ?? []).filter((one) => isJustBefore(one.waking, waking));
    if (this.#byWaker.size >= MOST_WAKERS) this.#byWaker.clear();
    this.#byWaker.set(waking.tid, [...recent, woken]);
  }

  /** The wakes that a signal may have caused, which are then forgotten. */
  takeBefore(signal: SignalRecord): Woken[] {
    const recent = this.#byWaker.get(signal.tid) ?? [];
    this.#byWaker.delete(signal.tid);
    return recent.filter(({ waking }) => isJustBefore(waking, signal) && waking.context === signal.context);
  }

  clear(): void {
    this.#byWaker.clear();
  }
}

const isJustBefore = (one: { atNs: number }, other: { atNs: number }): boolean =>
  other.atNs - one.atNs <= SIGNAL_WITHIN_NS;
