import type { TimeSpan } from '../model/time.ts';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import { BatchFinder } from './batch-rows.ts';
import { DamagedRows } from './damaged-rows.ts';
import { readSegments, type Segment } from './segments.ts';
import { TABLE_NAMES } from './tables.ts';
import { replaceByThinned, type Thinned, thinned } from './thinning.ts';

export interface Retention {
  /** Segments that ended longer ago are dropped; null: none. */
  maxAgeMs: number | null;
  /** Above it, the oldest segments are thinned, and dropped where that is not enough; null: no limit. */
  maxBytes: number | null;
  /** What proofs rest on, or will: each window with the time before it in which causes count. Its segments are left alone. */
  cited: readonly TimeSpan[];
  /** Drop what proofs cite as well; their evidence can then not be judged again. Nothing cited is ever thinned. */
  dropsCited: boolean;
  /** So many segments in one call, since a large one takes a second; left out: all. Call again while something was done. */
  atMost?: number;
}

/** What retention did, by the ids of segments. */
export interface Retained {
  dropped: number[];
  thinned: number[];
  bytesBefore: number;
  bytesAfter: number;
}

/**
 * Body of a document `retention`: everything that was dropped and thinned so far. It is in the chain, so that a segment that is
 * gone without it has been taken away by somebody else.
 */
export interface RetentionNote {
  dropped: number[];
  thinned: { segment: number; head: string }[];
}

/** Thins and drops closed segments, oldest first. Writes down what it will do before it does it. */
export function retain(
  db: Sqlite,
  nowMs: number,
  { maxAgeMs, maxBytes, cited, dropsCited, atMost = Number.POSITIVE_INFINITY }: Retention,
  append: (note: RetentionNote) => void,
): Retained {
  const done: Retained = { dropped: [], thinned: [], bytesBefore: bytesUsed(db), bytesAfter: 0 };
  const isCited = ({ fromMs, toMs }: Segment): boolean =>
    cited.some((span) => span.fromMs <= (toMs ?? nowMs) && span.toMs >= fromMs);
  const kept = (): Segment[] =>
    readSegments(db, true).filter(({ state }) => state === 'whole' || state === 'thinned');
  const droppable = (): Segment[] => kept().filter((segment) => dropsCited || !isCited(segment));
  const isTooLarge = (): boolean => maxBytes !== null && bytesUsed(db) > maxBytes;
  const isEnough = (): boolean => done.dropped.length + done.thinned.length >= atMost;
  const drop = (segment: Segment): void => {
    append(noteOf(db, { drop: segment.id }));
    db.transaction(() => deleteRows(db, segment, 'dropped'))();
    done.dropped.push(segment.id);
  };
  if (maxAgeMs !== null) {
    for (const segment of droppable()) {
      if (!isEnough() && (segment.toMs ?? nowMs) < nowMs - maxAgeMs) drop(segment);
    }
  }
  for (const segment of kept()) {
    if (isEnough() || !isTooLarge()) break;
    if (segment.state === 'thinned' || isCited(segment)) continue;
    const less = thinnedIfReadable(db, segment);
    if (less === null) continue;
    append(noteOf(db, { thin: { segment: segment.id, head: less.head } }));
    db.transaction(() => {
      deleteRows(db, segment, 'thinned');
      replaceByThinned(db, segment, less);
    })();
    done.thinned.push(segment.id);
  }
  for (const segment of droppable()) {
    if (isEnough() || !isTooLarge()) break;
    drop(segment);
  }
  return { ...done, bytesAfter: bytesUsed(db) };
}

/** null: some of it is damaged; it can still be dropped, and keeps no other from it. */
function thinnedIfReadable(db: Sqlite, segment: Segment): Thinned | null {
  try {
    return thinned(db, segment);
  } catch (error) {
    if (error instanceof DamagedRows) return null;
    throw error;
  }
}

function noteOf(db: Sqlite, next: { drop?: number; thin?: RetentionNote['thinned'][number] }): RetentionNote {
  const segments = readSegments(db, true);
  const before = segments.filter(({ state }) => state === 'dropped').map(({ id }) => id);
  // One that is to be dropped is still there when power fails now.
  const thin = segments.flatMap(({ id, state, thinnedHead }) =>
    state === 'thinned' && thinnedHead !== null ? [{ segment: id, head: thinnedHead }] : [],
  );
  return {
    dropped: [...before, ...(next.drop === undefined ? [] : [next.drop])],
    thinned: [...thin, ...(next.thin === undefined ? [] : [next.thin])],
  };
}

/** Takes all rows of a closed segment away; its header stays. */
function deleteRows(db: Sqlite, segment: Segment, state: 'dropped' | 'thinned'): void {
  const finder = new BatchFinder(db, TABLE_NAMES);
  const lastBatch = segment.firstBatch + (segment.batches ?? 0) - 1;
  for (const table of TABLE_NAMES) {
    const { first, last } = finder.range(table, segment.firstBatch, lastBatch);
    prepared(db, `DELETE FROM ${table} WHERE rowid BETWEEN ? AND ?`).run(first, last);
  }
  prepared(db, 'DELETE FROM batch WHERE id BETWEEN ? AND ?').run(segment.firstBatch, lastBatch);
  prepared(db, 'UPDATE segment SET state = ?, thinned_head = NULL WHERE id = ?').run(state, segment.id);
}

function bytesUsed(db: Sqlite): number {
  return (pragma(db, 'page_count') - pragma(db, 'freelist_count')) * pragma(db, 'page_size');
}

/**
 * Gives free pages back to the file system, a number of bytes at most, since it takes some ten milliseconds a megabyte.
 * Returns how many bytes are still free in the file.
 */
export function shrink(db: Sqlite, maxBytes: number): number {
  const pageBytes = pragma(db, 'page_size');
  const pages = Math.max(1, Math.ceil(Math.min(maxBytes, Number.MAX_SAFE_INTEGER) / pageBytes));
  if (pragma(db, 'freelist_count') > 0) db.exec(`PRAGMA incremental_vacuum(${pages})`);
  prepared(db, 'PRAGMA wal_checkpoint(TRUNCATE)').all();
  return pragma(db, 'freelist_count') * pageBytes;
}

const pragma = (db: Sqlite, name: string): number => Number(prepared(db, `PRAGMA ${name}`).pluck().get());
