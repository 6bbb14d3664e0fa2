const FIRST_SIZE = 64;

/** Numbers of which nobody knows beforehand how many there will be, eight bytes each. */
export class GrowingColumn {
  #all: Float64Array = new Float64Array(FIRST_SIZE);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#all.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#all);
      this.#all = larger;
    }
    this.#all[this.#length] = value;
    this.#length += 1;
  }

  /** What is there; it does not follow what comes later. */
  values(): Float64Array {
    return this.#all.subarray(0, this.#length);
  }
}
