/** What explains some of a count, as found at one look. */
export interface Explained {
  /** All that was found. */
  total: number;
  /** Of that, what may already have been counted by the look before. */
  mayBeOld: number;
  /** Whether that is not certain. */
  isUnsure: boolean;
}

export interface Left {
  /** How much is left for certain, each told once. */
  due: number;
  /** It was counted by the look before, and not earlier. */
  isDated: boolean;
}

/**
 * What is left of a count when everything that explains it is taken away. An explanation can come a look later than the count,
 * never earlier, so that what was counted at one look is told of at the next.
 */
export class Residual {
  #left = 0;
  #wasUnsure = false;

  /** There is something left that may yet be explained. */
  get isPending(): boolean {
    return this.#left > 0;
  }

  /** Takes by how much the count grew since the last look, and what was found. */
  take(grown: number, { total, mayBeOld, isUnsure }: Explained): Left {
    const due = Math.max(0, this.#left - mayBeOld);
    const isDated = !this.#wasUnsure;
    this.#wasUnsure = isUnsure && due < this.#left;
    this.#left = Math.max(0, this.#left - due + grown - total);
    return { due, isDated };
  }
}
