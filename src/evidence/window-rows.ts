import type { SampleTable } from '../core/derive/sample-table.ts';
import type { Activity } from '../model/activity.ts';
import type { TimeSpan } from '../model/time.ts';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import { BatchFinder, type RowRange } from './batch-rows.ts';
import { KEYFRAME } from './chain.ts';
import type { Place } from './placing.ts';
import { ALL_ROWS, readActivities, readTable, type RowSource } from './row-source.ts';
import { readSamples } from './sample-columns.ts';
import { columnsOf, type TableName, type Value } from './tables.ts';

/** Told when they end, be it long after the window: looked for to the end of the run. */
const LONG: ReadonlySet<TableName> = new Set(['gap', 'disturbance']);

/** The rows that tell of one span: from the keyframe before it to what came late, each once. */
export class WindowRows implements RowSource {
  readonly #db: Sqlite;
  readonly #tables: ReadonlySet<TableName>;
  readonly #place: Place;
  readonly #span: TimeSpan & { lookBackMs: number };
  readonly #finder: BatchFinder;
  /** Batches of keyframes within: what they repeat is here already. */
  readonly #repeats: readonly number[];
  readonly #rangesOf: Map<TableName, readonly RowRange[]> = new Map();

  /** @param tables that the file has */
  constructor(
    db: Sqlite,
    tables: ReadonlySet<TableName>,
    place: Place,
    span: TimeSpan & { lookBackMs: number },
  ) {
    this.#db = db;
    this.#tables = tables;
    this.#place = place;
    this.#span = span;
    this.#finder = new BatchFinder(db, tables);
    this.#repeats = prepared(db, 'SELECT id FROM batch WHERE keyframe = ? AND id > ? AND id <= ? ORDER BY id')
      .pluck()
      .all(KEYFRAME, place.fromBatch, place.runEndBatch) as number[];
  }

  samples(): SampleTable {
    return readSamples(this.#db, this.#ranges('sample'), this.#ranges('sample_block'));
  }

  rows(table: TableName): Generator<readonly Value[]> {
    return this.#written(table);
  }

  *activities(): Generator<readonly Activity[]> {
    const { runBatch, fromBatch, toBatch, runEndBatch } = this.#place;
    for (const range of this.#ranges('activity')) yield* readActivities(this.#db, range);
    // Causes from before the keyframe.
    yield this.#besides(runBatch, fromBatch - 1);
    // What was stamped in the span and told long after it.
    yield this.#besides(toBatch + 1, runEndBatch);
  }

  *processes(acting: ReadonlySet<number>): Generator<readonly Value[]> {
    const known = new Set<Value>();
    for (const values of this.#written('process')) known.add(values[0] ?? null);
    // Processes that did something here and had ended before the keyframe.
    const { runBatch, runEndBatch } = this.#place;
    const find = prepared(
      this.#db,
      `SELECT ${columnsOf('process').join(', ')} FROM process WHERE id = ? AND batch BETWEEN ? AND ?
       ORDER BY rowid DESC LIMIT 1`,
    ).raw();
    for (const id of acting) {
      const values = known.has(id) ? undefined : (find.get(id, runBatch, runEndBatch) as Value[] | undefined);
      if (values !== undefined) yield values;
    }
    yield* this.#written('process');
  }

  /** What was written from the keyframe on. */
  *#written(table: TableName): Generator<readonly Value[]> {
    const { fromMs, toMs } = this.#span;
    const overlap = { sql: 'AND from_ms <= ? AND to_ms >= ?', values: [toMs, fromMs] };
    for (const range of this.#ranges(table))
      yield* readTable(this.#db, table, range, LONG.has(table) ? overlap : ALL_ROWS);
  }

  /** The rows from the keyframe on, without those that keyframes repeat. */
  #ranges(table: TableName): readonly RowRange[] {
    const known = this.#rangesOf.get(table) ?? this.#findRanges(table);
    this.#rangesOf.set(table, known);
    return known;
  }

  #findRanges(table: TableName): RowRange[] {
    if (!this.#tables.has(table)) return [];
    const { fromBatch, toBatch, runEndBatch } = this.#place;
    const last = LONG.has(table) ? runEndBatch : toBatch;
    const within = this.#repeats.filter((batch) => batch <= last);
    return this.#finder.rangesWithout(table, fromBatch, last, within);
  }

  /** The activities of the span that some batches wrote. */
  #besides(fromBatch: number, toBatch: number): Activity[] {
    const { first, last } = this.#finder.range('activity', fromBatch, toBatch);
    if (last < first) return [];
    const { fromMs, toMs, lookBackMs } = this.#span;
    // The plus keeps SQLite from going through all of these rows: its index by time leads to those of the span.
    const bodies = prepared(
      this.#db,
      'SELECT body FROM activity WHERE at_ms BETWEEN ? AND ? AND +rowid BETWEEN ? AND ? ORDER BY rowid',
    )
      .pluck()
      .all(fromMs - lookBackMs, toMs, first, last) as string[];
    return bodies.map((body) => JSON.parse(body) as Activity);
  }
}
