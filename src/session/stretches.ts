import type { TimeSpan } from '../model/time.ts';

/**
 * Joins what is reported again at each look into one stretch from the look before the first report, or from when it says itself, to
 * the last look that reported it. Gaps and disturbances of days stay one row each.
 */
export class Stretches<T extends object> {
  #open: Map<string, T & TimeSpan> = new Map();

  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Takes the reports of one look; returns the stretches that have ended with the look before. */
  look(span: TimeSpan, reports: readonly (T & { sinceMs?: number })[]): (T & TimeSpan)[] {
    const still = new Map<string, T & TimeSpan>();
    for (const report of reports) {
      const key = JSON.stringify(report);
      const fromMs = Math.min(report.sinceMs ?? span.fromMs, span.fromMs);
      const open = this.#open.get(key) ?? { ...report, ...span, fromMs };
      open.toMs = span.toMs;
      still.set(key, open);
    }
    const ended = [...this.#open].filter(([key]) => !still.has(key)).map(([, stretch]) => stretch);
    this.#open = still;
    return ended;
  }

  /** Ends and returns all stretches that are still open. */
  close(): (T & TimeSpan)[] {
    const open = [...this.#open.values()];
    this.#open = new Map();
    return open;
  }
}
