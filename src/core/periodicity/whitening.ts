import { MEDIAN_REACH, whitened, whitenedBy } from './spectrum.ts';

/** Of more points one by one than this, the medians take longer than those of all points in a row. */
const FEW = 2000;

/** A spectrum of which coloured noise is divided out where it is asked for: nearly all of it never is. */
export class Whitening {
  readonly coloured: Float64Array;
  /** What was asked for; NaN elsewhere. */
  readonly power: Float64Array;
  readonly #near: Float64Array = new Float64Array(2 * MEDIAN_REACH + 1);
  #told = 0;

  constructor(coloured: Float64Array) {
    this.coloured = coloured;
    this.power = new Float64Array(coloured.length).fill(Number.NaN);
  }

  /** Makes the power of a point known; there is nothing to know beyond the end. */
  tell(index: number): void {
    if (!Number.isNaN(this.power[index] ?? 0)) return;
    this.#told += 1;
    if (this.#told > FEW) this.power.set(whitened(this.coloured));
    else this.power[index] = whitenedBy(this.coloured[index] as number, this.#medianAround(index));
  }

  /** As the running median has it. */
  #medianAround(index: number): number {
    const near = this.coloured.subarray(Math.max(0, index - MEDIAN_REACH), index + MEDIAN_REACH + 1);
    this.#near.set(near);
    return this.#near.subarray(0, near.length).sort()[near.length >> 1] as number;
  }
}
