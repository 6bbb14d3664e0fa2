import { SampleTable } from '../core/derive/sample-table.ts';
import type { ProcessMetric } from '../model/sample.ts';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import type { RowRange } from './batch-rows.ts';
import { SAMPLE_METRICS } from './rows.ts';
import { columnsOf, type Value } from './tables.ts';

/** So many rows at a time: they are gone before the next ones are read. */
const CHUNK = 16_384;

/** Of a metric that fewer rows have than one in so many, only those are read. */
const SPARSE = 4;

const IN_RANGE = 'FROM sample WHERE rowid BETWEEN ? AND ?';
const NAMES = columnsOf('sample').slice(-SAMPLE_METRICS.length);

/** The samples of some rows, column by column: rows of thirteen values cost three times as much as the few columns that are filled. */
export function readSamples(db: Sqlite, ranges: readonly RowRange[]): SampleTable {
  const table = new SampleTable();
  for (const { first, last } of ranges) {
    for (let from = first; from <= last; from += CHUNK)
      new Chunk(db, { first: from, last: Math.min(last, from + CHUNK - 1) }).readInto(table);
  }
  return table;
}

/** Some consecutive rows. */
class Chunk {
  readonly #db: Sqlite;
  readonly #range: RowRange;

  constructor(db: Sqlite, range: RowRange) {
    this.#db = db;
    this.#range = range;
  }

  readInto(table: SampleTable): void {
    const times = this.#column('at_ms');
    const ids = this.#column('process_id');
    for (const [row, atMs] of times.entries()) table.addLook(Number(atMs), Number(ids[row]));
    const filled = this.#filled();
    for (const [index, metric] of SAMPLE_METRICS.entries()) {
      const count = filled[index] ?? 0;
      if (count > times.length / SPARSE) this.#readColumn(table, metric, times, ids);
      else if (count > 0) this.#readFilled(table, metric);
    }
  }

  #readColumn(
    table: SampleTable,
    metric: ProcessMetric,
    times: readonly Value[],
    ids: readonly Value[],
  ): void {
    for (const [row, value] of this.#column(nameOf(metric)).entries()) {
      if (typeof value === 'number') table.addReading(metric, Number(times[row]), Number(ids[row]), value);
    }
  }

  #readFilled(table: SampleTable, metric: ProcessMetric): void {
    const name = nameOf(metric);
    const rows = prepared(
      this.#db,
      `SELECT at_ms, process_id, ${name} ${IN_RANGE} AND ${name} IS NOT NULL ORDER BY rowid`,
    )
      .raw()
      .all(this.#range.first, this.#range.last) as Value[][];
    for (const [atMs, id, value] of rows) {
      if (typeof value === 'number') table.addReading(metric, Number(atMs), Number(id), value);
    }
  }

  #column(name: string): Value[] {
    return prepared(this.#db, `SELECT ${name} ${IN_RANGE} ORDER BY rowid`)
      .pluck()
      .all(this.#range.first, this.#range.last) as Value[];
  }

  /** How many rows have each metric. */
  #filled(): number[] {
    return prepared(this.#db, `SELECT ${NAMES.map((name) => `count(${name})`).join(', ')} ${IN_RANGE}`)
      .raw()
      .get(this.#range.first, this.#range.last) as number[];
  }
}

const nameOf = (metric: ProcessMetric): string => NAMES[SAMPLE_METRICS.indexOf(metric)] as string;
