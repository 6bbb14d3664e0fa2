import type { CounterReading } from '../model/sample.ts';
import { counterRow } from './rows.ts';
import type { Row, Value } from './tables.ts';

type Values = Record<string, number>;

/**
 * A store of days keeps of a counter reading only what changed since the reading before of the same scope: of twenty counters
 * of a network namespace, three move in a second. Such a body is an array, `[{"tcpOutSegs":5}]`, with null for what is no longer
 * read; a whole reading is an object. Each keyframe holds whole ones.
 */
export function packCounters(rows: readonly Row[], lastBody: (scope: Value) => Value | undefined): Row[] {
  const last = new Map<Value, Value>();
  return rows.map((row) => {
    if (row.table !== 'counter') return row;
    const [atMs = null, scope = null, body = null] = row.values;
    const before = last.get(scope) ?? lastBody(scope);
    last.set(scope, body);
    if (before === undefined) return row;
    return { table: 'counter', values: [atMs, scope, JSON.stringify([changes(parse(before), parse(body))])] };
  });
}

const UNCHANGED: [Record<string, number | null>] = [{}];
/** What most of the readings of a quiet scope are. */
const NOTHING_CHANGED = JSON.stringify(UNCHANGED);

/** The same readings as they were taken, row by row, from a keyframe on. */
export class CounterReader {
  readonly #last: Map<Value, Values> = new Map();

  /**
   * @param row of the table of counters
   * @returns null for a change of what is not there: nobody knows what it led to
   */
  read([atMs, scope = null, body]: readonly Value[]): CounterReading | null {
    const told = body === NOTHING_CHANGED ? UNCHANGED : parseTold(body);
    const before = this.#last.get(scope);
    if (Array.isArray(told) && before === undefined) return null;
    const values = Array.isArray(told) ? applied(before ?? {}, told[0]) : told;
    this.#last.set(scope, values);
    return { atMs: Number(atMs), scope: String(scope), values };
  }
}

/** The same for rows of all tables. */
export class CounterUnpacker {
  readonly #reader: CounterReader = new CounterReader();

  /** @returns null as CounterReader does */
  unpack(row: Row): Row | null {
    if (row.table !== 'counter') return row;
    const reading = this.#reader.read(row.values);
    return reading === null ? null : counterRow(reading);
  }
}

/** Rows of one run in order, from a keyframe on, with their readings as they were taken. */
export function unpackCounters(rows: readonly Row[]): Row[] {
  const unpacker = new CounterUnpacker();
  return rows.flatMap((row) => unpacker.unpack(row) ?? []);
}

const parseTold = (body: Value | undefined): Values | [Record<string, number | null>] =>
  JSON.parse(String(body)) as Values | [Record<string, number | null>];
const parse = (body: Value): Values => JSON.parse(String(body)) as Values;

function changes(before: Values, now: Values): Record<string, number | null> {
  const changed: Record<string, number | null> = {};
  for (const [name, value] of Object.entries(now)) if (before[name] !== value) changed[name] = value;
  for (const name of Object.keys(before)) if (now[name] === undefined) changed[name] = null;
  return changed;
}

function applied(before: Values, changed: Record<string, number | null>): Values {
  const moved = Object.entries(changed);
  if (moved.length === 0) return before;
  const values = { ...before };
  for (const [name, value] of moved) {
    if (value === null) delete values[name];
    else values[name] = value;
  }
  return values;
}
