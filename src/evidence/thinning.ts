import { type Sqlite, prepared } from '../os/sqlite.ts';
import { BatchFinder, NO_ROWS, type RowRange } from './batch-rows.ts';
import { digestBatch, digestThinned, KEYFRAME } from './chain.ts';
import { CounterReader, packCounters } from './counter-deltas.ts';
import { counterRow } from './rows.ts';
import { samplesIn } from './stored-samples.ts';
import { ALL_ROWS, readTable } from './row-source.ts';
import { blockOf } from './sample-blocks.ts';
import type { Segment } from './segments.ts';
import { columnsOf, type Row, TABLE_NAMES, type TableName, type Value } from './tables.ts';
import { INSERT_BATCH } from './writing.ts';

/** One sample of each process, one reading of each scope and one range of looks for so long. */
const STEP_MS = 10 * 60_000;

/** What is left of a segment: enough for trends over days, too little to judge. */
export interface Thinned {
  rows: Row[];
  /** Digest of the one batch that they become. */
  head: string;
  /** Where the rows of each table lay, and where those that are left go. */
  ranges: ReadonlyMap<TableName, RowRange>;
}

/** How tables are thinned, but for those of samples; what is not named is left out: activities and wakes tell of single moments. */
const THINNERS: Partial<Record<TableName, (rows: Iterable<readonly Value[]>) => (readonly Value[])[]>> = {
  document: (rows) => [...rows],
  process: (rows) => [...rows],
  gap: (rows) => [...rows],
  disturbance: (rows) => [...rows],
  look: joinLooks,
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
    for (const values of thin(readTable(db, table, { first, last }, ALL_ROWS))) rows.push({ table, values });
  }
  rows.push(...thinnedSamples(db, ranges));
  const batch = { id: segment.firstBatch, atMs: segment.toMs ?? segment.fromMs, keyframe: KEYFRAME } as const;
  return { rows, ranges, head: digestBatch(digestThinned(segment.sha256 ?? ''), batch, rows) };
}

/** Where there are blocks of samples, what is left is one of them: nobody knows whether there is a place for as many rows. */
function thinnedSamples(db: Sqlite, ranges: ReadonlyMap<TableName, RowRange>): Row[] {
  const blocks = ranges.get('sample_block') ?? NO_ROWS;
  const kept = foldSamples(samplesIn(db, ranges.get('sample') ?? NO_ROWS, blocks));
  const rows = kept.map((values): Row => ({ table: 'sample', values }));
  return blocks.last < blocks.first || rows.length === 0 ? rows : [blockOf(rows)];
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
  const previous = digestThinned(segment.sha256 ?? '');
  prepared(db, INSERT_BATCH).run(
    segment.firstBatch,
    segment.toMs,
    rows.length,
    previous,
    head,
    segment.id,
    KEYFRAME,
  );
  prepared(db, 'UPDATE segment SET thinned_head = ? WHERE id = ?').run(head, segment.id);
}

const stepOf = (atMs: Value | undefined): number => Math.floor(Number(atMs) / STEP_MS);

/** The last sample of each process in each step, with everything that was known of it by then. */
function foldSamples(rows: Iterable<readonly Value[]>): Value[][] {
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

/**
 * The last reading of each scope in each step, the first of a scope whole, its others in one row. A segment has two rows of a scope of which it has
 * more than one reading, so that there is a place for them, even where a host slept for hours between two readings of one batch.
 */
function lastReadings(packed: Iterable<readonly Value[]>): (readonly Value[])[] {
  const kept = new Map<string, Row>();
  const reader = new CounterReader();
  for (const row of packed) {
    for (const reading of reader.read(row))
      kept.set(`${stepOf(reading.atMs)} ${reading.scope}`, counterRow(reading));
  }
  return packCounters([...kept.values()], () => undefined).map(({ values }) => values);
}

/** Ranges of one step become one; the longest time between two looks stays, also where it lay between two ranges. */
function joinLooks(rows: Iterable<readonly Value[]>): Value[][] {
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
