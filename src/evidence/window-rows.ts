import type { TimeSpan } from '../model/time.ts';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import { BatchFinder } from './batch-rows.ts';
import { KEYFRAME } from './chain.ts';
import type { Place } from './placing.ts';
import { columnsOf, type Row, TABLE_NAMES, type TableName, type Value } from './tables.ts';

/** Told when they end, be it long after the window: looked for to the end of the run. */
const LONG: ReadonlySet<TableName> = new Set(['gap', 'disturbance']);

/** The rows that tell of one span: from the keyframe before it to what came late, each once. */
export class WindowRows {
  readonly #db: Sqlite;
  readonly #place: Place;
  readonly #span: TimeSpan & { lookBackMs: number };
  readonly #finder: BatchFinder;
  /** Keyframes within: what they repeat is here already. */
  readonly #repeats: ReadonlySet<number>;

  constructor(db: Sqlite, place: Place, span: TimeSpan & { lookBackMs: number }) {
    this.#db = db;
    this.#place = place;
    this.#span = span;
    this.#finder = new BatchFinder(db, TABLE_NAMES);
    this.#repeats = new Set(
      prepared(db, 'SELECT id FROM batch WHERE keyframe = ? AND id > ? AND id <= ?')
        .pluck()
        .all(KEYFRAME, place.fromBatch, place.runEndBatch) as number[],
    );
  }

  all(): Row[] {
    const rows = TABLE_NAMES.flatMap((table) => this.#written(table));
    const activities = [...this.#earlyAndLate('<'), ...this.#earlyAndLate('>')];
    return [...this.#actors([...rows, ...activities]), ...rows, ...activities];
  }

  /** What was written from the keyframe on. */
  #written(table: TableName): Row[] {
    const { fromBatch, toBatch, runEndBatch } = this.#place;
    const { fromMs, toMs } = this.#span;
    const isLong = LONG.has(table);
    const { first, last } = this.#finder.range(table, fromBatch, isLong ? runEndBatch : toBatch);
    const overlap = isLong ? 'AND from_ms <= ? AND to_ms >= ?' : '';
    const rows = prepared(this.#db, `${select(table)} WHERE rowid BETWEEN ? AND ? ${overlap} ORDER BY rowid`)
      .raw()
      .all(first, last, ...(isLong ? [toMs, fromMs] : [])) as Value[][];
    return rows
      .filter(([batch]) => !this.#repeats.has(Number(batch)))
      .map(([, ...values]) => ({ table, values }));
  }

  /** Causes from before the keyframe, and what was stamped in the span and told long after it. */
  #earlyAndLate(side: '<' | '>'): Row[] {
    const { runBatch, runEndBatch, fromBatch, toBatch } = this.#place;
    const { fromMs, toMs, lookBackMs } = this.#span;
    const rows = prepared(
      this.#db,
      `${select('activity')} WHERE at_ms BETWEEN ? AND ? AND batch ${side} ? AND batch BETWEEN ? AND ? ORDER BY rowid`,
    )
      .raw()
      .all(fromMs - lookBackMs, toMs, side === '<' ? fromBatch : toBatch, runBatch, runEndBatch) as Value[][];
    return rows.map(([, ...values]) => ({ table: 'activity', values }));
  }

  /** Processes that did something here and had ended before the keyframe. */
  #actors(rows: readonly Row[]): Row[] {
    const known = new Set(rows.filter(({ table }) => table === 'process').map(({ values }) => values[0]));
    const wanted = new Set(
      rows.filter(({ table }) => table === 'activity').flatMap(({ values }) => values[3] ?? []),
    );
    const { runBatch, runEndBatch } = this.#place;
    const find = prepared(
      this.#db,
      `${select('process')} WHERE id = ? AND batch BETWEEN ? AND ? ORDER BY rowid DESC LIMIT 1`,
    ).raw();
    return [...wanted]
      .filter((id) => !known.has(id))
      .flatMap((id): Row[] => {
        const found = find.get(id, runBatch, runEndBatch) as Value[] | undefined;
        return found === undefined ? [] : [{ table: 'process', values: found.slice(1) }];
      });
  }
}

const select = (table: TableName): string => `SELECT batch, ${columnsOf(table).join(', ')} FROM ${table}`;
