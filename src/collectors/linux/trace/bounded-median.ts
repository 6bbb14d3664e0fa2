const MOST_KEPT = 128;

/** The median of a stream in bounded memory: exact at first, then of every second, every fourth, … of its values. */
export class BoundedMedian {
  #kept: number[] = [];
  #stride = 1;
  #skipped = 0;

  add(value: number): void {
    this.#skipped += 1;
    if (this.#skipped < this.#stride) return;
    this.#skipped = 0;
    this.#kept.push(value);
    if (this.#kept.length < MOST_KEPT) return;
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
    this.#stride *= 2;
  }

  /** One of the values themselves (the lower of the middle two); null where there is none. */
  get median(): number | null {
    const sorted = this.#kept.toSorted((a, b) => a - b);
    return sorted[(sorted.length - 1) >> 1] ?? null;
  }
}
