/**
 * A count that is put together from several counters: they are not read at the very same moment, so that only what two
 * readings in a row agree on is believed.
 */
export class Steady {
  #told: number;
  #last: number;
  #lost = 0;

  constructor(first: number) {
    this.#told = first;
    this.#last = first;
  }

  /** The last reading is not the one before: the next one decides. */
  get isPending(): boolean {
    return this.#last !== this.#told;
  }

  /** By how much it went down over time. */
  get lost(): number {
    return this.#lost;
  }

  /** By how much it has grown for certain since the last call. */
  take(now: number): number {
    const least = Math.min(this.#last, now);
    const most = Math.max(this.#last, now);
    const before = this.#told;
    this.#last = now;
    this.#told = Math.min(Math.max(before, least), most);
    this.#lost += Math.max(0, before - this.#told);
    return Math.max(0, this.#told - before);
  }
}
