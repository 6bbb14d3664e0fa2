import type { Availability, Failure } from '../../model/collector.ts';
import type { WatchedProcess } from '../../model/process.ts';

/** What could not be read at a look: one failure a target and reason. The first of the run is the collector's reason. */
export class Misses {
  #failures: Map<string, Failure> = new Map();
  #firstReason: string | null = null;

  get firstReason(): string | null {
    return this.#firstReason;
  }

  /** How a collector knows whose looks these are. @param limit what it cannot see anyway */
  availability(limit: string): Availability {
    return this.#firstReason === null
      ? { status: 'ok', tier: 'sampled', reason: limit }
      : { status: 'partial', tier: 'sampled', reason: this.#firstReason };
  }

  /** Of all targets. */
  addAll(reason: string): void {
    this.#add({ target: null, reason });
  }

  add({ target }: WatchedProcess, reason: string): void {
    this.#add({ target, reason });
  }

  /** The failures since the last call. */
  take(): { failures?: readonly Failure[] } {
    if (this.#failures.size === 0) return {};
    const failures = [...this.#failures.values()];
    this.#failures = new Map();
    return { failures };
  }

  #add(failure: Failure): void {
    this.#firstReason ??= failure.reason;
    this.#failures.set(`${failure.target}\n${failure.reason}`, failure);
  }
}
