import type { ProcessMetric, Readings, Sample, Samples } from '../../model/sample.ts';
import { GrowingColumn } from './growing-column.ts';
import { inOrderOfTime, ReadingColumns } from './reading-columns.ts';

/** Nothing was read. */
const NONE: Readings = { atMs: new Float64Array(), values: new Float64Array() };

/** What was read of one process: all looks at which something was, and each metric. */
interface ProcessColumns {
  looks: GrowingColumn;
  metrics: Map<ProcessMetric, ReadingColumns>;
}

/** Values of one metric, row by row; null where it was not read. */
export interface MetricColumn {
  metric: ProcessMetric;
  values: readonly (number | null)[];
}

/** Samples as columns: numbers of one process and metric side by side, without an object for each. */
export class SampleTable implements Samples {
  readonly #processes: Map<number, ProcessColumns> = new Map();
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
    const process = this.#look(atMs, processId);
    for (const [metric, value] of Object.entries(metrics))
      readingsOf(process, metric as ProcessMetric).add(value);
  }

  /** Rows of several processes: when something was read of which one, and what it was. */
  addRows(atMs: readonly number[], processIds: readonly number[], columns: readonly MetricColumn[]): void {
    // Of each process, what its values go to, in the order of the columns.
    const places = new Map<number, ReadingColumns[]>();
    for (let row = 0; row < atMs.length; row += 1) {
      const id = processIds[row] as number;
      const process = this.#look(atMs[row] as number, id);
      let own = places.get(id);
      if (own === undefined) places.set(id, (own = []));
      for (let at = 0; at < columns.length; at += 1) {
        const { metric, values } = columns[at] as MetricColumn;
        const value = values[row];
        if (value != null) (own[at] ??= readingsOf(process, metric)).add(value);
      }
    }
  }

  /**
   * Looks at the same processes, one after the other.
   * @param columns values of each process at the first look, then at the next one
   * @param first where they begin
   */
  addLooks(
    atMs: readonly number[],
    processIds: readonly number[],
    columns: readonly { metric: ProcessMetric; values: ArrayLike<number> }[],
    first: number,
  ): void {
    for (const lookMs of atMs) this.#times.add(lookMs);
    const times = Float64Array.from(atMs);
    for (let nth = 0; nth < processIds.length; nth += 1) {
      const process = this.#of(processIds[nth] as number);
      process.looks.append(times);
      for (const { metric, values } of columns)
        readingsOf(process, metric).addEvery(times, values, first + nth, processIds.length);
    }
  }

  /** What few rows have, after `addRows` or `addLooks` of them. */
  addReading(metric: ProcessMetric, atMs: number, processId: number, value: number): void {
    readingsOf(this.#of(processId), metric).addAt(atMs, value);
  }

  /** Something of a process was read. */
  #look(atMs: number, processId: number): ProcessColumns {
    // Those of one look follow each other.
    if (atMs !== this.#lastMs) this.#times.add(atMs);
    this.#lastMs = atMs;
    const process = this.#of(processId);
    process.looks.push(atMs);
    return process;
  }

  #of(processId: number): ProcessColumns {
    const known = this.#processes.get(processId);
    if (known !== undefined) return known;
    const made = { looks: new GrowingColumn(), metrics: new Map() };
    this.#processes.set(processId, made);
    return made;
  }

  looksAt(processId: number): Float64Array {
    const looks = this.#processes.get(processId)?.looks;
    return looks === undefined ? NONE.atMs : inOrderOfTime(looks.values(), looks.values()).atMs;
  }

  readings(processId: number, metric: ProcessMetric): Readings {
    return this.#processes.get(processId)?.metrics.get(metric)?.sorted() ?? NONE;
  }
}

function readingsOf({ looks, metrics }: ProcessColumns, metric: ProcessMetric): ReadingColumns {
  const known = metrics.get(metric);
  if (known !== undefined) return known;
  const made = new ReadingColumns(looks);
  metrics.set(metric, made);
  return made;
}
