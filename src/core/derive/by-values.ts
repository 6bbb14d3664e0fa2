import type { FieldValue } from '../../model/activity.ts';

/** What is kept by a list of values, all lists as long as each other: a map of maps, a level for each value. */
export class ByValues<T> {
  readonly #root: Map<FieldValue, unknown> = new Map();

  get(values: readonly FieldValue[]): T | undefined {
    return this.#lastOf(values).get(values.at(-1) ?? null);
  }

  set(values: readonly FieldValue[], one: T): void {
    this.#lastOf(values).set(values.at(-1) ?? null, one);
  }

  #lastOf(values: readonly FieldValue[]): Map<FieldValue, T> {
    let level = this.#root;
    for (let at = 0; at < values.length - 1; at += 1) {
      const value = values[at] as FieldValue;
      let next = level.get(value) as typeof level | undefined;
      if (next === undefined) level.set(value, (next = new Map()));
      level = next;
    }
    return level as Map<FieldValue, T>;
  }
}
