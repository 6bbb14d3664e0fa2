/** Texts that others made up, each once and in the order in which they came; what is beyond the bound is left out. */
export class DistinctTexts {
  readonly #texts = new Set<string>();
  readonly #most: number;

  /** @param most how many are kept */
  constructor(most: number) {
    this.#most = most;
  }

  add(text: string): void {
    if (this.#texts.size < this.#most) this.#texts.add(text);
  }

  get all(): string[] {
    return [...this.#texts];
  }
}
