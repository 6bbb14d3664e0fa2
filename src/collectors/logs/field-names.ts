import type { LineRecord } from '../../core/parse/log/line-parser.ts';
import { LEFT_OUT } from '../../core/parse/cut-text.ts';

/** Of further categories of lines nothing is told apart. */
export const MOST_CATEGORIES = 200;
const MOST_OF_CATEGORY = 200;
const MOST_NAMES = 2_000;

/** The names of the fields that lines of each category ever had. What is not known whole is left out, since it does not tell what was never there. */
export class FieldNames {
  /** null: more than are kept, or some were left out of a line. */
  readonly #names = new Map<string, Set<string> | null>();
  #count = 0;

  add({ category, data }: Pick<LineRecord, 'category' | 'data'>): void {
    if (this.#isFull) return;
    let names = this.#names.get(category);
    if (names === null) return;
    if (names === undefined) this.#names.set(category, (names = new Set()));
    for (const name of Object.keys(data)) {
      if (names.has(name)) continue;
      names.add(name);
      this.#count += 1;
    }
    if (names.size <= MOST_OF_CATEGORY && !names.has(LEFT_OUT)) return;
    this.#count -= names.size;
    this.#names.set(category, null);
  }

  /** null: there were more than are kept. */
  get all(): Record<string, string[]> | null {
    if (this.#isFull) return null;
    const known = [...this.#names].flatMap(([category, names]) =>
      names === null ? [] : [[category, [...names]] as [string, string[]]],
    );
    return Object.fromEntries(known);
  }

  get #isFull(): boolean {
    return this.#names.size > MOST_CATEGORIES || this.#count > MOST_NAMES;
  }
}
