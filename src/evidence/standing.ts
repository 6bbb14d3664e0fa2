import { DamagedRows, isObject, parseBody } from './damaged-rows.ts';
import type { Row, Value } from './tables.ts';

/** `enclose` wants the reading before an interval, and the one before that. */
const READINGS_KEPT = 2;

/**
 * What is known at the end of the rows written so far, and would have to be repeated for somebody who begins to read here: the
 * run, the processes that are alive with their last metrics, the last counters. Fed with every committed row.
 */
export class Standing {
  #run: Row | null = null;
  #processes: Map<Value, Row> = new Map();
  #samples: Map<Value, Value[]> = new Map();
  #counters: Map<Value, Row[]> = new Map();

  take(rows: Iterable<Row>): void {
    for (const row of rows) this.#takeRow(row);
  }

  /** Body of the last reading of a scope; undefined: there was none. */
  lastCounters(scope: Value): Value | undefined {
    return this.#counters.get(scope)?.at(-1)?.values[2];
  }

  /** The rows of a keyframe, in the order in which they would be written. */
  rows(): Row[] {
    return [
      ...(this.#run === null ? [] : [this.#run]),
      ...this.#processes.values(),
      ...[...this.#samples.values()].map((values): Row => ({ table: 'sample', values })),
      ...[...this.#counters.values()].flat(),
    ];
  }

  #takeRow(row: Row): void {
    const [first, second] = row.values;
    if (row.table === 'document') this.#takeDocument(row);
    else if (row.table === 'process') this.#processes.set(first ?? null, row);
    else if (row.table === 'sample') this.#takeSample(second ?? null, row.values);
    else if (row.table === 'counter') {
      const readings = this.#counters.get(second ?? null) ?? [];
      this.#counters.set(second ?? null, [...readings, row].slice(-READINGS_KEPT));
    } else if (row.table === 'activity') this.#takeActivity(row.values);
  }

  /** A run numbers its processes from 1: nothing of the run before holds any more. */
  #takeDocument(row: Row): void {
    if (row.values[0] !== 'run') return;
    this.#run = row;
    this.#processes = new Map();
    this.#samples = new Map();
    this.#counters = new Map();
  }

  /** A sample leaves out what did not change. */
  #takeSample(processId: Value, values: readonly Value[]): void {
    const known = this.#samples.get(processId);
    this.#samples.set(
      processId,
      values.map((value, index) => value ?? known?.[index] ?? null),
    );
  }

  #takeActivity([, , kind, processId, body]: readonly Value[]): void {
    if (kind !== 'process' || processId == null) return;
    const activity = parseBody(body, 'an activity');
    if (!isObject(activity)) throw new DamagedRows('an activity is not what was written');
    if (activity['op'] !== 'exit') return;
    this.#processes.delete(processId);
    this.#samples.delete(processId);
  }
}
