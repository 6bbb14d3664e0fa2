import { FileProblem } from '../file-problems.ts';
import type { Connection } from './database.ts';
import { NO_ROW, type OlderLook, type OlderRows } from './followed-blocks.ts';
import { countDeleted, isOrdered, readSequence } from './ids.ts';
import { followOlder, hasHole, readOlder } from './older-rows.ts';
import { digestOf, type LastRead } from './row-blocks.ts';
import { type EventRow, type Key, type KnownHead, readHeads, readRows, type RowHead } from './rows.ts';
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
  /** Of the remembered rows and all ids between them, so that they are read one by one only where it is another; null: not known. */
  digest: string | null;
  /** Largest rowid that was read. */
  last: bigint;
  /** What is known of rows below the remembered ones; null: nothing. */
  older: OlderRows | null;
  /** sqlite_sequence of an AUTOINCREMENT table up to which every id is accounted for; null: not known. */
  sequence: bigint | null;
}

export interface Reading {
  cursor: Cursor;
  rows: EventRow[];
  /** Older rows that came or became others, and until when they were not yet what they are. */
  changed: { row: EventRow; before: LastRead }[];
  /** There are more; they come at the next look. */
  more: boolean;
  /** Rows that were written and are known to have escaped. */
  lost: number;
  note: string | null;
  /** Of the rows that are remembered, some are there no longer. */
  areGone: boolean;
  /** Every row that is there was compared with what was known of it. */
  isWhole: boolean;
}

const REMEMBERED = 2000;
/** Where ids are in no order, or there is no rowid, every row has to be remembered: at most this many. */
const REMEMBERED_ALL = 50_000;
const ROWS_PER_LOOK = 10_000;

/** Nothing was there when the run began: every row counts as new. */
export function emptyCursor(table: EventsTable): Cursor {
  const capacity = table.hasRowid ? REMEMBERED : REMEMBERED_ALL;
  return { remembered: new Map(), capacity, digest: null, last: NO_ROW, older: null, sequence: 0n };
}

/** Takes what is there as the baseline. Returns those of the newest rows that are `wanted`, as possible causes. */
export function readBaseline(
  connection: Connection,
  table: EventsTable,
  look: OlderLook,
  wanted: (heads: readonly RowHead[]) => RowHead[],
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
  const older = readOlder(connection, table, heads[0]?.key, look);
  const isFull = capacity === REMEMBERED_ALL && heads.length === capacity;
  const isBlind = table.choosesIds && isFull && (older === null || hasHole(older));
  const cursor = {
    remembered: toMap(heads),
    capacity,
    digest: digestOfKnown(connection, table, heads, last),
    last,
    older,
    sequence: readSequence(connection, table),
  };
  const note = isBlind
    ? 'its ids are in no order, and it is too large to find new rows among older ids'
    : null;
  const rows = readRows(connection, table, wanted(heads));
  return { cursor, rows, changed: [], more: false, lost: 0, note, areGone: false, isWhole: true };
}

/** Everything that has come since `cursor`. Pure towards the cursor: the caller keeps the new one, or does not. */
export function readNew(
  connection: Connection,
  table: EventsTable,
  look: OlderLook,
  cursor: Cursor,
): Reading {
  const { capacity, remembered } = cursor;
  const [floor] = remembered.keys();
  const isKnown = (head: KnownHead): boolean => remembered.get(head.key) === head.print;
  // Thousands of rows are not looked up one by one where they are the same.
  const unchanged = readUnchanged(connection, table, cursor, floor);
  const known = unchanged ?? readKnown(connection, table, cursor, floor);
  refuseUntrackable(known.length, capacity, table);
  const changed = unchanged === null ? known.filter((head) => !isKnown(head)) : [];
  const given = readSequence(connection, table);
  // With AUTOINCREMENT no id is used twice, so old rows that are gone say nothing about new ones.
  const accounted = given !== null && cursor.sequence !== null && given >= cursor.sequence;
  if (table.hasRowid && !accounted && floor !== undefined && changed.length === known.length) {
    const reading = readNew(connection, table, look, { ...emptyCursor(table), capacity, sequence: null });
    return {
      ...reading,
      areGone: true,
      note: 'all rows known before were deleted; every row found after that counts as new',
    };
  }
  const unread = table.hasRowid
    ? readHeads(connection, table, { above: cursor.last, limit: ROWS_PER_LOOK })
    : [];
  const fresh = [...changed, ...unread].slice(0, ROWS_PER_LOOK);
  const more = fresh.length === ROWS_PER_LOOK;
  const taken = new Set(fresh.map((head) => head.key));
  const isKept = (head: KnownHead): boolean => isKnown(head) || taken.has(head.key);
  const kept = [...(unchanged ?? known.filter(isKept)), ...unread.filter(({ key }) => taken.has(key))];
  const fallen = table.hasRowid && !accounted && floor !== undefined && known.at(-1)?.key !== cursor.last;
  const dropped = kept.splice(0, Math.max(0, kept.length - capacity));
  const left = { floor: kept[0]?.key, dropped };
  const {
    older,
    changed: turned,
    untold,
    isWhole,
  } = followOlder(connection, table, cursor.older, left, look);
  const last = accounted ? max(lastOf(kept, table), cursor.last) : lastOf(kept, table);
  const sequence = more && given !== null ? max(cursor.sequence ?? last, last) : given;
  const deleted = countDeleted(cursor.sequence, sequence, fresh);
  return {
    cursor: {
      remembered: toMap(kept),
      capacity,
      digest: more ? null : digestOfKnown(connection, table, kept, last),
      last,
      older,
      sequence,
    },
    rows: readRows(connection, table, fresh),
    changed: readRows(connection, table, turned).flatMap((row, index) => {
      const before = turned[index]?.before;
      return before === undefined ? [] : { row, before };
    }),
    more,
    lost: deleted + untold,
    note: noteOf({ deleted, untold, fallen }),
    areGone: known.length < remembered.size,
    // Where nothing was there before, every row is one that came.
    isWhole: isWhole || cursor.last === NO_ROW,
  };
}

/** The rows that should be known: those from the oldest that is remembered to the last that was read. */
function readKnown(
  connection: Connection,
  table: EventsTable,
  { capacity, last }: Cursor,
  floor?: Key,
): KnownHead[] {
  if (!table.hasRowid) return readHeads(connection, table, { newest: capacity + 1 });
  return floor === undefined ? [] : readHeads(connection, table, { from: floor, to: last });
}

/** The same where none of them came, went or became another; null: some did, or that is not known. */
function readUnchanged(
  connection: Connection,
  table: EventsTable,
  { remembered, digest, last }: Cursor,
  floor?: Key,
): KnownHead[] | null {
  if (digest === null || typeof floor !== 'bigint') return null;
  if (digest !== digestOf(connection, table, { from: floor, to: last + 1n })) return null;
  return Array.from(remembered, ([key, print]) => ({ key, print }));
}

/** null: nothing is remembered, or these are rows whose order nobody knows. */
function digestOfKnown(
  connection: Connection,
  table: EventsTable,
  kept: readonly KnownHead[],
  last: bigint,
): string | null {
  const floor = kept[0]?.key;
  return table.hasRowid && typeof floor === 'bigint'
    ? digestOf(connection, table, { from: floor, to: last + 1n })
    : null;
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

function lastOf(heads: readonly KnownHead[], table: EventsTable): bigint {
  const key = heads.at(-1)?.key;
  return table.hasRowid && typeof key === 'bigint' ? key : NO_ROW;
}

function toMap(heads: readonly KnownHead[]): Map<Key, string> {
  return new Map(heads.map((head) => [head.key, head.print]));
}

function refuseUntrackable(rows: number, capacity: number, table: EventsTable): void {
  if (table.hasRowid || rows <= capacity) return;
  throw new FileProblem(
    `table ${table.name} has no rowid and more than ${capacity} rows, too many to tell new ones`,
  );
}

function noteOf({
  deleted,
  untold,
  fallen,
}: {
  deleted: number;
  untold: number;
  fallen: boolean;
}): string | null {
  if (deleted > 0) {
    return `${deleted} ids were given out for rows that were gone when looked at (deleted again, or inserts that were ignored)`;
  }
  if (untold > 0) return `${untold} older rows came or became others at once, more than are told one by one`;
  return fallen
    ? 'the newest rows were deleted between two looks; rows written in between may be gone with them'
    : null;
}
