import type { CounterReading } from '../model/sample.ts';
import { DamagedRows, isObject, parseBody } from './damaged-rows.ts';
import { counterRow } from './rows.ts';
import type { Row, Value } from './tables.ts';

type Values = Record<string, number>;

/** What became of the counters of a scope since the reading before; null: no longer read. */
type Changes = Record<string, number | null>;

/**
 * A store of days keeps of a counter reading only what changed since the reading before of the same scope: of twenty counters
 * of a network namespace, three move in a second. Such a body is an array, `[{"tcpOutSegs":5}]`, with null for what is no longer
 * read; further readings of the batch follow with their times, `[{"tcpOutSegs":5},1793491202000.5,{}]`. A whole reading is an object.
 * Each keyframe holds whole ones.
 */
export function packCounters(rows: readonly Row[], lastBody: (scope: Value) => Value | undefined): Row[] {
  const last = new Map<Value, Value>();
  const bodies = new Map<Value, (Changes | Value)[]>();
  const packed: (Row | (() => Row))[] = [];
  for (const row of rows) {
    const [atMs = null, scope = null, body = null] = row.values;
    const before = row.table === 'counter' ? (last.get(scope) ?? lastBody(scope)) : undefined;
    if (row.table === 'counter') last.set(scope, body);
    if (before === undefined) {
      packed.push(row);
      continue;
    }
    const changed = changes(parse(before), parse(body));
    const told = bodies.get(scope);
    if (told !== undefined) told.push(atMs, changed);
    else {
      const first: (Changes | Value)[] = [changed];
      bodies.set(scope, first);
      packed.push(() => ({ table: 'counter', values: [atMs, scope, JSON.stringify(first)] }));
    }
  }
  return packed.map((row) => (typeof row === 'function' ? row() : row));
}

/** The same readings as they were taken, row by row, from a keyframe on. */
export class CounterReader {
  readonly #last: Map<Value, CounterReading> = new Map();

  /**
   * @param row of the table of counters
   * @returns none for changes of what is not there: nobody knows what they led to
   * @throws DamagedRows
   */
  read([atMs, scope = null, body]: readonly Value[]): CounterReading[] {
    const told = parseTold(body);
    if (!Array.isArray(told)) return [this.#take(scope, Number(atMs), told)];
    const readings: CounterReading[] = [];
    for (let at = 0; at < told.length; at += 2) {
      const before = this.#last.get(scope);
      if (before === undefined) break;
      const readMs = Number(at === 0 ? atMs : told[at - 1]);
      readings.push(this.#take(scope, readMs, applied(before.values, told[at] as Changes)));
    }
    return readings;
  }

  #take(scope: Value, atMs: number, values: Values): CounterReading {
    // One text for all readings of a scope, not one for each.
    const reading = { atMs, scope: this.#last.get(scope)?.scope ?? String(scope), values };
    this.#last.set(scope, reading);
    return reading;
  }
}

/** Rows of one run in order, from a keyframe on, with their readings as they were taken. */
export function* unpackCounters(rows: Iterable<Row>): Generator<Row> {
  const reader = new CounterReader();
  for (const row of rows) {
    if (row.table === 'counter') yield* reader.read(row.values).map(counterRow);
    else yield row;
  }
}

function parseTold(body: Value | undefined): Values | (Changes | number)[] {
  const told = parseBody(body, 'a reading of counters');
  const isTold = Array.isArray(told)
    ? told.every((one, at) => (at % 2 === 0 ? isObject(one) : typeof one === 'number'))
    : isObject(told);
  if (!isTold) throw new DamagedRows('a reading of counters is not what was written');
  return told as Values | (Changes | number)[];
}
const parse = (body: Value): Values => JSON.parse(String(body)) as Values;

function changes(before: Values, now: Values): Changes {
  const changed: Changes = {};
  for (const [name, value] of Object.entries(now)) if (before[name] !== value) changed[name] = value;
  for (const name of Object.keys(before)) if (now[name] === undefined) changed[name] = null;
  return changed;
}

function applied(before: Values, changed: Changes): Values {
  const names = Object.keys(changed);
  if (names.length === 0) return before;
  const values = { ...before };
  for (const name of names) {
    const value = changed[name];
    if (value == null) delete values[name];
    else values[name] = value;
  }
  return values;
}
