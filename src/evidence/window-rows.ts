import type { SampleTable } from '../core/derive/sample-table.ts';
import type { TimeSpan } from '../model/time.ts';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import { BatchFinder, type RowRange } from './batch-rows.ts';
import { KEYFRAME } from './chain.ts';
import type { Place } from './placing.ts';
import { readTable, type RowFilter, type RowSource } from './row-source.ts';
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
  /** Keyframes within, as JSON: what they repeat is here already. */
  readonly #repeats: string;
  /** Causes from before the keyframe. */
  readonly #early: Value[][];
  /** What was stamped in the span and told long after it. */
  readonly #late: Value[][];

  constructor(db: Sqlite, place: Place, span: TimeSpan & { lookBackMs: number }) {
    this.#db = db;
    this.#place = place;
    this.#span = span;
    this.#finder = new BatchFinder(db, TABLE_NAMES);
    this.#repeats = JSON.stringify(
      prepared(db, 'SELECT id FROM batch WHERE keyframe = ? AND id > ? AND id <= ?')
        .pluck()
        .all(KEYFRAME, place.fromBatch, place.runEndBatch),
    );
    this.#early = this.#besides('<');
    this.#late = this.#besides('>');
  }

  samples(): SampleTable {
    return readSamples(this.#db, this.#range('sample'), this.#filter('sample'));
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
  #written(table: TableName): Generator<readonly Value[]> {
    return readTable(this.#db, table, this.#range(table), this.#filter(table));
  }

  #filter(table: TableName): RowFilter {
    const { fromMs, toMs } = this.#span;
    const isLong = LONG.has(table);
    const overlap = isLong ? 'AND from_ms <= ? AND to_ms >= ?' : '';
    return {
      sql: `AND batch NOT IN (SELECT value FROM json_each(?)) ${overlap}`,
      values: [this.#repeats, ...(isLong ? [toMs, fromMs] : [])],
    };
  }

  #range(table: TableName): RowRange {
    const { fromBatch, toBatch, runEndBatch } = this.#place;
    return this.#finder.range(table, fromBatch, LONG.has(table) ? runEndBatch : toBatch);
  }

  #besides(side: '<' | '>'): Value[][] {
    const { runBatch, runEndBatch, fromBatch, toBatch } = this.#place;
    const { fromMs, toMs, lookBackMs } = this.#span;
    return prepared(
      this.#db,
      `SELECT ${columnsOf('activity').join(', ')} FROM activity
       WHERE at_ms BETWEEN ? AND ? AND batch ${side} ? AND batch BETWEEN ? AND ? ORDER BY rowid`,
    )
      .raw()
      .all(fromMs - lookBackMs, toMs, side === '<' ? fromBatch : toBatch, runBatch, runEndBatch) as Value[][];
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
    const { first, last } = this.#range('activity');
    const written = prepared(
      this.#db,
      'SELECT DISTINCT process_id FROM activity WHERE rowid BETWEEN ? AND ? AND process_id IS NOT NULL',
    )
      .pluck()
      .all(first, last) as Value[];
    const others = [...this.#early, ...this.#late].flatMap((values) => values[3] ?? []);
    return new Set([...written, ...others]);
  }
}
