import { type Sqlite, prepared } from '../os/sqlite.ts';
import { CHAIN_START, digestOpening, type SegmentHeader, type SegmentOpening } from './chain.ts';

/** `open`: still written. `dropped`: only its header is left. `thinned`: a few of its rows, which nobody can judge. */
export type SegmentState = 'open' | 'whole' | 'dropped' | 'thinned';

/** A segment as its row has it; what is fixed at its end is null while it is open. */
export interface Segment extends SegmentOpening {
  toMs: number | null;
  batches: number | null;
  rows: number | null;
  head: string | null;
  sha256: string | null;
  state: SegmentState;
  thinnedHead: string | null;
}

const COLUMNS = `id, from_ms AS fromMs, to_ms AS toMs, first_batch AS firstBatch, batches, rows, previous, head, sha256, state,
  thinned_head AS thinnedHead`;

/** All segments of a file, oldest first. One that was written before there were segments is one of them, and open. */
export function readSegments(db: Sqlite, layoutHasSegments: boolean): Segment[] {
  if (layoutHasSegments) return prepared(db, `SELECT ${COLUMNS} FROM segment ORDER BY id`).all() as Segment[];
  const { fromMs } = prepared(db, 'SELECT coalesce(min(at_ms), 0) AS fromMs FROM batch').get() as {
    fromMs: number;
  };
  const never = { toMs: null, batches: null, rows: null, head: null, sha256: null };
  return [
    { id: 1, fromMs, firstBatch: 1, previous: CHAIN_START, ...never, thinnedHead: null, state: 'open' },
  ];
}

/** The header of a closed segment; null while it is open. */
export function headerOf(segment: Segment): SegmentHeader | null {
  const { toMs, batches, rows, head } = segment;
  return toMs === null || batches === null || rows === null || head === null
    ? null
    : { ...segment, toMs, batches, rows, head };
}

/** Where a chain stands: after its last batch, or at the beginning of a segment that has none. */
export interface ChainEnd {
  segment: SegmentOpening | null;
  /** How many there were ever. */
  segments: number;
  /** Of the segment that is open. */
  segmentBatches: number;
  segmentRows: number;
  head: string;
  lastBatch: number;
  /** Its time. */
  lastMs: number;
  /** Of the whole chain, with what was dropped. */
  rows: number;
  /** Digest of the last closed segment. */
  previous: string;
}

export const FIRST_CHAIN_END: ChainEnd = {
  segment: null,
  segments: 0,
  segmentBatches: 0,
  segmentRows: 0,
  head: CHAIN_START,
  lastBatch: 0,
  lastMs: 0,
  rows: 0,
  previous: CHAIN_START,
};

/** Where the chain of a file ends. */
export function readChainEnd(db: Sqlite, layoutHasSegments: boolean): ChainEnd {
  const segments = readSegments(db, layoutHasSegments);
  const last = segments.at(-1);
  if (last === undefined) return FIRST_CHAIN_END;
  const closedRows = segments.reduce((sum, { rows }) => sum + (rows ?? 0), 0);
  const isOpen = last.state === 'open';
  const tail = prepared(db, 'SELECT id, sha256, at_ms AS atMs FROM batch ORDER BY id DESC LIMIT 1').get() as
    | { id: number; sha256: string; atMs: number }
    | undefined;
  const open = prepared(
    db,
    'SELECT count(*) AS batches, coalesce(sum(rows), 0) AS rows FROM batch WHERE id >= ?',
  ).get(isOpen ? last.firstBatch : Number.MAX_SAFE_INTEGER) as { batches: number; rows: number };
  const start = layoutHasSegments ? digestOpening(last) : CHAIN_START;
  return {
    segment: isOpen ? last : null,
    segments: last.id,
    segmentBatches: open.batches,
    segmentRows: open.rows,
    head: isOpen ? (open.batches > 0 ? (tail?.sha256 ?? start) : start) : (last.head ?? start),
    lastBatch: isOpen ? last.firstBatch + open.batches - 1 : last.firstBatch + (last.batches ?? 0) - 1,
    lastMs: tail?.atMs ?? last.fromMs,
    rows: closedRows + open.rows,
    previous: segments.findLast(({ sha256 }) => sha256 !== null)?.sha256 ?? CHAIN_START,
  };
}
