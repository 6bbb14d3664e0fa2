import type { Readings } from '../../model/sample.ts';
import { GrowingColumn } from './growing-column.ts';

/** What was read of one metric of one process, row by row. */
export class ReadingColumns {
  readonly #values: GrowingColumn = new GrowingColumn();
  readonly #looks: GrowingColumn;
  /** When each value was read; null: at every look so far, whose times serve for both. */
  #atMs: GrowingColumn | null = null;
  #sorted: Readings | null = null;

  /** @param looks all looks at the process; each is added before what was read at it */
  constructor(looks: GrowingColumn) {
    this.#looks = looks;
  }

  /** What was read at the last look. */
  add(value: number): void {
    if (this.#atMs === null && this.#values.length < this.#looks.length - 1) this.#leaveLooks();
    this.#atMs?.push(this.#looks.last());
    this.#push(value);
  }

  /**
   * What was read at each of the last looks.
   * @param times of these looks
   * @param values of which every `step`-th from `first` on is meant, one of each look
   */
  addEvery(times: Float64Array, values: ArrayLike<number>, first: number, step: number): void {
    const before = this.#looks.length - times.length;
    if (this.#atMs === null && this.#values.length < before) this.#leaveLooks();
    this.#atMs?.append(times);
    this.#sorted = null;
    this.#values.appendEvery(values, first, step, times.length);
  }

  /** What was read at one of the looks so far, after what was added before. */
  addAt(atMs: number, value: number): void {
    (this.#atMs ?? this.#leaveLooks()).push(atMs);
    this.#push(value);
  }

  sorted(): Readings {
    const values = this.#values.values();
    this.#sorted ??= inOrderOfTime((this.#atMs ?? this.#looks).values().subarray(0, values.length), values);
    return this.#sorted;
  }

  #push(value: number): void {
    this.#sorted = null;
    this.#values.push(value);
  }

  /** From now on it has times of its own. */
  #leaveLooks(): GrowingColumn {
    this.#atMs = GrowingColumn.of(this.#looks.values().subarray(0, this.#values.length));
    return this.#atMs;
  }
}

/** In order of time; what was read at the same time stays as it came. */
export function inOrderOfTime(atMs: Float64Array, values: Float64Array): Readings {
  const turn = disorderAt(atMs, 1);
  if (turn === atMs.length) return { atMs, values };
  const order = disorderAt(atMs, turn + 1) === atMs.length ? mergedAt(atMs, turn) : sortedOrder(atMs);
  return { atMs: taken(atMs, order), values: taken(values, order) };
}

/** The first place from one on with an earlier time than the place before; the length: there is none. */
function disorderAt(atMs: Float64Array, from: number): number {
  for (let index = from; index < atMs.length; index += 1)
    if (!((atMs[index] as number) >= (atMs[index - 1] as number))) return index;
  return atMs.length;
}

/** Two parts, each in order, as one: what was stored in two tables. */
function mergedAt(atMs: Float64Array, turn: number): Uint32Array {
  const order = new Uint32Array(atMs.length);
  let [first, second] = [0, turn];
  for (let at = 0; at < order.length; at += 1) {
    const isFirst = first < turn && !((atMs[second] as number) < (atMs[first] as number));
    order[at] = isFirst ? first++ : second++;
  }
  return order;
}

function sortedOrder(atMs: Float64Array): Uint32Array {
  return Uint32Array.from(atMs.keys()).sort((a, b) => (atMs[a] as number) - (atMs[b] as number) || a - b);
}

function taken(numbers: Float64Array, order: Uint32Array): Float64Array {
  const picked = new Float64Array(order.length);
  for (let at = 0; at < order.length; at += 1) picked[at] = numbers[order[at] as number] as number;
  return picked;
}
