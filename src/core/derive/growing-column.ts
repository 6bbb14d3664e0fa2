const FIRST_SIZE = 64;
/** Of a week of looks at many processes, room for twice as many would be hundreds of megabytes; of a night, to copy them less often is worth it. */
const GROWTH = { small: 2, large: 1.25, largeFrom: 2 ** 16 };

/** Numbers of which nobody knows beforehand how many there will be, eight bytes each. */
export class GrowingColumn {
  #all: Float64Array = new Float64Array(FIRST_SIZE);
  #length = 0;

  static of(values: Float64Array): GrowingColumn {
    const column = new GrowingColumn();
    column.append(values);
    return column;
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#all.length) this.#grow(this.#length + 1);
    this.#all[this.#length] = value;
    this.#length += 1;
  }

  append(values: Float64Array): void {
    this.#grow(this.#length + values.length);
    this.#all.set(values, this.#length);
    this.#length += values.length;
  }

  /** Every `step`-th of the values from `first` on, so many of them. */
  appendEvery(values: ArrayLike<number>, first: number, step: number, count: number): void {
    this.#grow(this.#length + count);
    const all = this.#all;
    let at = this.#length;
    for (let place = first; place < first + count * step; place += step) all[at++] = values[place] as number;
    this.#length = at;
  }

  #grow(least: number): void {
    if (least <= this.#all.length) return;
    const { small, large, largeFrom } = GROWTH;
    const growth = this.#all.length < largeFrom ? small : large;
    const larger = new Float64Array(Math.max(least, growth * this.#all.length));
    larger.set(this.#all);
    this.#all = larger;
  }

  /** The number that came last; there is one. */
  last(): number {
    return this.#all[this.#length - 1] as number;
  }

  /** What is there; it does not follow what comes later. */
  values(): Float64Array {
    return this.#all.subarray(0, this.#length);
  }
}
