import type { SampleTable } from '../core/derive/sample-table.ts';
import type { TimeSpan } from '../model/time.ts';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import { BatchFinder, type RowRange } from './batch-rows.ts';
import { KEYFRAME } from './chain.ts';
import type { Place } from './placing.ts';
import { ALL_ROWS, readTable, type RowSource } from './row-source.ts';
import { readSamples } from './sample-columns.ts';
import { columnsOf, TABLE_NAMES, type TableName, type Value } from './tables.ts';

/** Told when they end, be it long after the window: looked for to the end of the run. */
const LONG: ReadonlySet<TableName> = new Set(['gap', 'disturbance']);

/** The rows that tell of one span: from the keyframe before it to what came late, each once. */
export class WindowRows implements RowSource {
  readonly #db: Sqlite;
  readonly #place: Place;
  readonly #span: TimeSpan & { lookBackMs: number };
  readonly #finder: BatchFinder;
  /** Batches of keyframes within: what they repeat is here already. */
  readonly #repeats: readonly number[];
  readonly #rangesOf: Map<TableName, readonly RowRange[]> = new Map();
  /** Causes from before the keyframe. */
  readonly #early: Value[][];
  /** What was stamped in the span and told long after it. */
  readonly #late: Value[][];

  constructor(db: Sqlite, place: Place, span: TimeSpan & { lookBackMs: number }) {
    this.#db = db;
    this.#place = place;
    this.#span = span;
    this.#finder = new BatchFinder(db, TABLE_NAMES);
    this.#repeats = prepared(db, 'SELECT id FROM batch WHERE keyframe = ? AND id > ? AND id <= ? ORDER BY id')
      .pluck()
      .all(KEYFRAME, place.fromBatch, place.runEndBatch) as number[];
    this.#early = this.#besides(place.runBatch, place.fromBatch - 1);
    this.#late = this.#besides(place.toBatch + 1, place.runEndBatch);
  }

  samples(): SampleTable {
    return readSamples(this.#db, this.#ranges('sample'));
  }

  *rows(table: TableName): Generator<readonly Value[]> {
    if (table === 'process') yield* this.#actors();
    yield* this.#written(table);
    if (table === 'activity') {
      yield* this.#early;
      yield* this.#late;
    }
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
    const { fromBatch, toBatch, runEndBatch } = this.#place;
    const last = LONG.has(table) ? runEndBatch : toBatch;
    const within = this.#repeats.filter((batch) => batch <= last);
    const starts = [fromBatch, ...within.map((batch) => batch + 1)];
    return starts
      .map((from, index) => this.#finder.range(table, from, (within[index] ?? last + 1) - 1))
      .filter((range) => range.first <= range.last);
  }

  /** Activities of the span that some batches wrote: who acted, and the body. */
  #besides(fromBatch: number, toBatch: number): Value[][] {
    const { first, last } = this.#finder.range('activity', fromBatch, toBatch);
    if (last < first) return [];
    const { fromMs, toMs, lookBackMs } = this.#span;
    // The plus keeps SQLite from going through all of these rows: its index by time leads to those of the span.
    return prepared(
      this.#db,
      'SELECT process_id, body FROM activity WHERE at_ms BETWEEN ? AND ? AND +rowid BETWEEN ? AND ? ORDER BY rowid',
    )
      .raw()
      .all(fromMs - lookBackMs, toMs, first, last) as Value[][];
  }

  /** Processes that did something here and had ended before the keyframe. */
  #actors(): Value[][] {
    const known = new Set([...this.#written('process')].map(([id]) => id));
    const { runBatch, runEndBatch } = this.#place;
    const find = prepared(
      this.#db,
      `SELECT ${columnsOf('process').join(', ')} FROM process WHERE id = ? AND batch BETWEEN ? AND ?
       ORDER BY rowid DESC LIMIT 1`,
    ).raw();
    return [...this.#acting()]
      .filter((id) => !known.has(id))
      .map((id) => find.get(id, runBatch, runEndBatch) as Value[] | undefined)
      .filter((values) => values !== undefined);
  }

  /** Numbers of the processes that did something here. */
  #acting(): ReadonlySet<Value> {
    const find = prepared(
      this.#db,
      'SELECT DISTINCT process_id FROM activity WHERE rowid BETWEEN ? AND ? AND process_id IS NOT NULL',
    ).pluck();
    const written = this.#ranges('activity').flatMap(({ first, last }) => find.all(first, last) as Value[]);
    const others = [...this.#early, ...this.#late].flatMap(([id]) => id ?? []);
    return new Set([...written, ...others]);
  }
}
