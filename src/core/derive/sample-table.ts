import type { ProcessMetric, Readings, Sample, Samples } from '../../model/sample.ts';
import { GrowingColumn } from './growing-column.ts';

/** Nothing was read. */
const NONE: Readings = { atMs: new Float64Array(), values: new Float64Array() };

/** What was read of one metric of one process, row by row. */
class ReadingColumns {
  readonly #atMs: GrowingColumn = new GrowingColumn();
  readonly #values: GrowingColumn = new GrowingColumn();
  #sorted: Readings | null = null;

  add(atMs: number, value: number): void {
    this.#sorted = null;
    this.#atMs.push(atMs);
    this.#values.push(value);
  }

  sorted(): Readings {
    this.#sorted ??= inOrder(this.#atMs.values(), this.#values.values());
    return this.#sorted;
  }
}

/** Samples as columns: numbers of one process and metric side by side, without an object for each. */
export class SampleTable implements Samples {
  /** Of each process, all looks at which something of it was read. */
  readonly #looks: Map<number, ReadingColumns> = new Map();
  readonly #metrics: Map<ProcessMetric, Map<number, ReadingColumns>> = new Map();
  readonly #times: Set<number> = new Set();
  #lastMs: number | null = null;

  static of(samples: Iterable<Sample>): SampleTable {
    const table = new SampleTable();
    for (const sample of samples) table.add(sample);
    return table;
  }

  get times(): ReadonlySet<number> {
    return this.#times;
  }

  add({ atMs, processId, ...metrics }: Sample): void {
    this.addLook(atMs, processId);
    for (const [metric, value] of Object.entries(metrics))
      this.addReading(metric as ProcessMetric, atMs, processId, value);
  }

  /** Something of a process was read. */
  addLook(atMs: number, processId: number): void {
    // Those of one look follow each other.
    if (atMs !== this.#lastMs) this.#times.add(atMs);
    this.#lastMs = atMs;
    columnsOf(this.#looks, processId).add(atMs, 0);
  }

  /** What it was; the look itself is added apart. */
  addReading(metric: ProcessMetric, atMs: number, processId: number, value: number): void {
    let ofMetric = this.#metrics.get(metric);
    if (ofMetric === undefined) this.#metrics.set(metric, (ofMetric = new Map()));
    columnsOf(ofMetric, processId).add(atMs, value);
  }

  looksAt(processId: number): Float64Array {
    return this.#looks.get(processId)?.sorted().atMs ?? NONE.atMs;
  }

  readings(processId: number, metric: ProcessMetric): Readings {
    return this.#metrics.get(metric)?.get(processId)?.sorted() ?? NONE;
  }
}

function columnsOf(all: Map<number, ReadingColumns>, processId: number): ReadingColumns {
  const known = all.get(processId);
  if (known !== undefined) return known;
  const made = new ReadingColumns();
  all.set(processId, made);
  return made;
}

/** In order of time; what was read at the same time stays as it came. */
function inOrder(atMs: Float64Array, values: Float64Array): Readings {
  if (isInOrder(atMs)) return { atMs, values };
  const order = Uint32Array.from(atMs.keys()).sort(
    (a, b) => (atMs[a] as number) - (atMs[b] as number) || a - b,
  );
  return {
    atMs: Float64Array.from(order, (index) => atMs[index] as number),
    values: Float64Array.from(order, (index) => values[index] as number),
  };
}

function isInOrder(atMs: Float64Array): boolean {
  for (let index = 1; index < atMs.length; index += 1)
    if (!((atMs[index] as number) >= (atMs[index - 1] as number))) return false;
  return true;
}
