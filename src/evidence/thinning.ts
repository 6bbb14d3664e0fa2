import { type Sqlite, prepared } from '../os/sqlite.ts';
import { BatchFinder, type RowRange } from './batch-rows.ts';
import { digestBatch, digestThinned, KEYFRAME } from './chain.ts';
import { CounterUnpacker } from './counter-deltas.ts';
import type { Segment } from './segments.ts';
import { columnsOf, type Row, TABLE_NAMES, type TableName, type Value } from './tables.ts';

/** One sample of each process, one reading of each scope and one range of looks for so long. */
const STEP_MS = 10 * 60_000;

const PAGE_ROWS = 1_000;

/** What is left of a segment: enough for trends over days, too little to judge. */
export interface Thinned {
  rows: Row[];
  /** Digest of the one batch that they become. */
  head: string;
  /** Where the rows of each table lay, and where those that are left go. */
  ranges: ReadonlyMap<TableName, RowRange>;
}

/** How each table is thinned; what is not named is left out: activities and wakes tell of single moments. */
const THINNERS: Partial<Record<TableName, (rows: Iterable<Value[]>) => Value[][]>> = {
  document: (rows) => [...rows],
  process: (rows) => [...rows],
  gap: (rows) => [...rows],
  disturbance: (rows) => [...rows],
  look: joinLooks,
  sample: foldSamples,
  counter: lastReadings,
};

/** What would be left of a closed segment; changes nothing. Streams the rows, holds what is left. */
export function thinned(db: Sqlite, segment: Segment): Thinned {
  const finder = new BatchFinder(db, TABLE_NAMES);
  const lastBatch = segment.firstBatch + (segment.batches ?? 0) - 1;
  const ranges = new Map(
    TABLE_NAMES.map((table) => [table, finder.range(table, segment.firstBatch, lastBatch)] as const),
  );
  const rows: Row[] = [];
  for (const [table, { first, last }] of ranges) {
    const thin = THINNERS[table];
    if (thin === undefined) continue;
    for (const values of thin(inPages(db, table, { first, last }))) rows.push({ table, values });
  }
  const batch = { id: segment.firstBatch, atMs: segment.toMs ?? segment.fromMs, keyframe: KEYFRAME } as const;
  return { rows, ranges, head: digestBatch(digestThinned(segment.sha256 ?? ''), batch, rows) };
}

/** The rows of a range, some at a time: an iterator of SQLite is a native object, compare os/sqlite.ts. */
function* inPages(db: Sqlite, table: TableName, { first, last }: RowRange): Generator<Value[]> {
  const page = prepared(
    db,
    `SELECT rowid, ${columnsOf(table).join(', ')} FROM ${table} WHERE rowid BETWEEN ? AND ? ORDER BY rowid LIMIT ${PAGE_ROWS}`,
  ).raw();
  let from = first;
  for (
    let rows = page.all(from, last) as Value[][];
    rows.length > 0;
    rows = page.all(from, last) as Value[][]
  ) {
    for (const [, ...values] of rows) yield values;
    from = Number(rows.at(-1)?.[0]) + 1;
  }
}

/** Writes what is left into the place of a segment whose rows are gone; in the caller's transaction. */
export function replaceByThinned(db: Sqlite, segment: Segment, { rows, head, ranges }: Thinned): void {
  for (const table of TABLE_NAMES) {
    const columns = columnsOf(table);
    const insert = prepared(
      db,
      `INSERT INTO ${table} (rowid, batch, ${columns.join(', ')}) VALUES (?, ?${', ?'.repeat(columns.length)})`,
    );
    // In the order of rowids is in the order of batches, which is how rows are found.
    let rowid = ranges.get(table)?.first ?? 1;
    for (const row of rows) {
      if (row.table !== table) continue;
      insert.run(rowid, segment.firstBatch, ...row.values);
      rowid += 1;
    }
  }
  prepared(
    db,
    'INSERT INTO batch (id, at_ms, rows, previous, sha256, segment, keyframe) VALUES (?, ?, ?, ?, ?, ?, 1)',
  ).run(segment.firstBatch, segment.toMs, rows.length, digestThinned(segment.sha256 ?? ''), head, segment.id);
  prepared(db, 'UPDATE segment SET thinned_head = ? WHERE id = ?').run(head, segment.id);
}

const stepOf = (atMs: Value | undefined): number => Math.floor(Number(atMs) / STEP_MS);

/** The last sample of each process in each step, with everything that was known of it by then. */
function foldSamples(rows: Iterable<Value[]>): Value[][] {
  const known = new Map<Value, Value[]>();
  const kept = new Map<string, Value[]>();
  for (const values of rows) {
    const [atMs, processId] = values;
    const before = known.get(processId ?? null);
    const now = values.map((value, index) => value ?? before?.[index] ?? null);
    known.set(processId ?? null, now);
    kept.set(`${stepOf(atMs)} ${String(processId)}`, now);
  }
  return [...kept.values()];
}

function lastReadings(packed: Iterable<Value[]>): Value[][] {
  const kept = new Map<string, Value[]>();
  const unpacker = new CounterUnpacker();
  for (const values of packed) {
    const row = unpacker.unpack({ table: 'counter', values });
    if (row !== null) kept.set(`${stepOf(values[0])} ${String(values[1])}`, [...row.values]);
  }
  return [...kept.values()];
}

/** Ranges of one step become one; the longest time between two looks stays, also where it lay between two ranges. */
function joinLooks(rows: Iterable<Value[]>): Value[][] {
  const joined: [number, number, number, number][] = [];
  for (const row of rows) {
    const [fromMs = 0, toMs = 0, looks = 0, longestStepMs = 0] = row.map(Number);
    const last = joined.at(-1);
    if (last === undefined || stepOf(last[0]) !== stepOf(fromMs)) {
      joined.push([fromMs, toMs, looks, longestStepMs]);
      continue;
    }
    last[3] = Math.max(last[3], longestStepMs, fromMs - last[1]);
    last[1] = Math.max(last[1], toMs);
    last[2] += looks;
  }
  return joined;
}
