import { type CellValue, parseEventTime } from '../../core/parse/event-time.ts';
import type { Connection, ReadMode } from './database.ts';
import { EventsProblem } from './problem.ts';
import { type EventRow, type Key, readHeads, readRows, type RowHead } from './rows.ts';
import type { EventsTable } from './table.ts';

/**
 * How far a table has been read. Rows are known by key (rowid, else primary key); the newest are remembered with
 * their type and time, so that a rowid that is used again, a row below the last one, or a row turned into an event
 * of another type is a new row too.
 */
export interface Cursor {
  /** In the order of keys. */
  remembered: ReadonlyMap<Key, string>;
  capacity: number;
  /** Largest rowid that was read. */
  last: bigint;
  /** Rows below the remembered ones; null where they are not counted. */
  below: number | null;
  /** sqlite_sequence of an AUTOINCREMENT table up to which every id is accounted for; null: not known. */
  sequence: bigint | null;
}

export interface Reading {
  cursor: Cursor;
  rows: EventRow[];
  /** There are more; they come at the next look. */
  more: boolean;
  /** Rows that were written and are known to have escaped. */
  lost: number;
  note: string | null;
}

const NO_ROW = -(2n ** 63n);
const REMEMBERED = 2000;
/** Where ids are in no order, or there is no rowid, every row has to be remembered: at most this many. */
const REMEMBERED_ALL = 50_000;
/** Counting rows below the remembered ones walks over them: not in larger tables whose ids are in order. */
const COUNTED_BELOW = 100_000;
const ROWS_PER_LOOK = 10_000;

/** Nothing was there when the run began: every row counts as new. */
export function emptyCursor(table: EventsTable): Cursor {
  const capacity = table.hasRowid ? REMEMBERED : REMEMBERED_ALL;
  return { remembered: new Map(), capacity, last: NO_ROW, below: 0, sequence: 0n };
}

/** Takes what is there as the baseline. Returns the newest rows that are `wanted`, as possible causes. */
export function readBaseline(
  connection: Connection,
  mode: ReadMode,
  table: EventsTable,
  wanted: (head: RowHead) => boolean,
): Reading {
  let { capacity } = emptyCursor(table);
  let heads = readHeads(connection, table, { newest: capacity + 1 });
  if (table.choosesIds && !isOrdered(heads, table)) {
    capacity = REMEMBERED_ALL;
    heads = readHeads(connection, table, { newest: capacity + 1 });
  }
  refuseUntrackable(heads.length, capacity, table);
  if (heads.length > capacity) heads.shift();
  const last = lastOf(heads, table);
  const below = countBelow(connection, mode, table, heads[0]?.key);
  const blind =
    table.choosesIds && capacity === REMEMBERED_ALL && heads.length === capacity && below === null;
  const cursor = {
    remembered: toMap(heads),
    capacity,
    last,
    below,
    sequence: readSequence(connection, table),
  };
  const note = blind ? 'its ids are in no order, and it is too large to find new rows among older ids' : null;
  return { cursor, rows: readRows(connection, table, heads.filter(wanted)), more: false, lost: 0, note };
}

/** Everything that has come since `cursor`. Pure towards the cursor: the caller keeps the new one, or does not. */
export function readNew(connection: Connection, mode: ReadMode, table: EventsTable, cursor: Cursor): Reading {
  const { capacity, remembered } = cursor;
  const [floor] = remembered.keys();
  const isKnown = (head: RowHead): boolean => remembered.get(head.key) === head.print;
  const known = readKnown(connection, table, cursor, floor);
  refuseUntrackable(known.length, capacity, table);
  const changed = known.filter((head) => !isKnown(head));
  const given = readSequence(connection, table);
  // With AUTOINCREMENT no id is used twice, so old rows that are gone say nothing about new ones.
  const accounted = given !== null && cursor.sequence !== null && given >= cursor.sequence;
  if (table.hasRowid && !accounted && floor !== undefined && changed.length === known.length) {
    const reading = readNew(connection, mode, table, { ...emptyCursor(table), capacity, sequence: null });
    return {
      ...reading,
      note: 'all rows known before were deleted; every row found after that counts as new',
    };
  }
  const unread = table.hasRowid
    ? readHeads(connection, table, { above: cursor.last, limit: ROWS_PER_LOOK })
    : [];
  const fresh = [...changed, ...unread].slice(0, ROWS_PER_LOOK);
  const more = fresh.length === ROWS_PER_LOOK;
  const taken = new Set(fresh.map((head) => head.key));
  const kept = [...known, ...unread].filter((head) => isKnown(head) || taken.has(head.key));
  const fallen = table.hasRowid && !accounted && floor !== undefined && known.at(-1)?.key !== cursor.last;
  const belowNow = countBelow(connection, mode, table, floor);
  const inserted = belowNow === null || cursor.below === null ? 0 : Math.max(0, belowNow - cursor.below);
  const dropped = kept.splice(0, Math.max(0, kept.length - capacity)).length;
  const last = accounted ? max(lastOf(kept, table), cursor.last) : lastOf(kept, table);
  const sequence = more && given !== null ? max(cursor.sequence ?? last, last) : given;
  const deleted = countDeleted(cursor.sequence, sequence, fresh);
  return {
    cursor: {
      remembered: toMap(kept),
      capacity,
      last,
      below: belowNow === null ? null : belowNow + dropped,
      sequence,
    },
    rows: readRows(connection, table, fresh),
    more,
    lost: deleted + inserted,
    note: noteOf(deleted, inserted, fallen),
  };
}

/** The rows that should be known: those from the oldest that is remembered to the last that was read. */
function readKnown(connection: Connection, table: EventsTable, cursor: Cursor, floor?: Key): RowHead[] {
  if (!table.hasRowid) return readHeads(connection, table, { newest: cursor.capacity + 1 });
  return floor === undefined ? [] : readHeads(connection, table, { from: floor, to: cursor.last });
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

function lastOf(heads: readonly RowHead[], table: EventsTable): bigint {
  const key = heads.at(-1)?.key;
  return table.hasRowid && typeof key === 'bigint' ? key : NO_ROW;
}

function toMap(heads: readonly RowHead[]): Map<Key, string> {
  return new Map(heads.map((head) => [head.key, head.print]));
}

function refuseUntrackable(rows: number, capacity: number, table: EventsTable): void {
  if (table.hasRowid || rows <= capacity) return;
  throw new EventsProblem(
    `table ${table.name} has no rowid and more than ${capacity} rows, too many to tell new ones`,
  );
}

/** Whether ids grow with time, as far as the remembered rows tell; a table without times says nothing against it. */
function isOrdered(heads: readonly RowHead[], table: EventsTable): boolean {
  const { timeFormat } = table.columns;
  if (timeFormat === null) return heads.length === 0;
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const head of heads) {
    const time = parseEventTime(head.time, timeFormat);
    if (time === null) continue;
    if (time.atMs < latestMs - 60_000) return false;
    latestMs = Math.max(latestMs, time.atMs);
  }
  return true;
}

/**
 * Rows with ids below all remembered ones cannot be told from older ones, but their number can grow. Null where they
 * are not counted: the app does not choose ids, there are too many, or it would be done under a lock.
 */
function countBelow(connection: Connection, mode: ReadMode, table: EventsTable, floor?: Key): number | null {
  if (!table.hasRowid || !table.choosesIds || mode === 'shared-lock') return null;
  if (floor === undefined) return 0;
  const { count } = connection
    .prepare<[Key, number], { count: number }>(
      `SELECT count(*) AS count FROM (SELECT 1 FROM ${table.sqlName} WHERE ${table.sqlKey} < ? LIMIT ?)`,
    )
    .get(floor, COUNTED_BELOW + 1) ?? { count: 0 };
  return count > COUNTED_BELOW ? null : count;
}

function readSequence(connection: Connection, table: EventsTable): bigint | null {
  if (!table.autoincrement) return null;
  const row = connection
    .prepare<[string], { seq: CellValue }>('SELECT seq FROM sqlite_sequence WHERE name = ?')
    .safeIntegers()
    .get(table.name);
  return typeof row?.seq === 'bigint' ? row.seq : 0n;
}

/** Ids that AUTOINCREMENT gave out and that belong to no row now. */
function countDeleted(from: bigint | null, to: bigint | null, fresh: readonly RowHead[]): number {
  if (from === null || to === null || to <= from) return 0;
  const present = fresh.filter(({ key }) => typeof key === 'bigint' && key > from && key <= to).length;
  return Number(to - from) - present;
}

function noteOf(deleted: number, inserted: number, fallen: boolean): string | null {
  if (deleted > 0) {
    return `${deleted} ids were given out for rows that were gone when looked at (deleted again, or inserts that were ignored)`;
  }
  if (inserted > 0)
    return `${inserted} rows were inserted among older ids and could not be told from older rows`;
  return fallen
    ? 'the newest rows were deleted between two looks; rows written in between may be gone with them'
    : null;
}
