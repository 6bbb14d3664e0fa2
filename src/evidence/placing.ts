import type { TimeSpan } from '../model/time.ts';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import { RUN_BEGINS } from './chain.ts';

/** Where in a store the rows of a span lie, by batches. */
export interface Place {
  /** The first batch that is kept of the run that the span belongs to. */
  runBatch: number;
  /** When that run began; null: its beginning was dropped. */
  runMs: number | null;
  /** The last batch of that run. */
  runEndBatch: number;
  /** The last keyframe before the span, and its time: it repeats all that was known then. */
  fromBatch: number;
  fromMs: number;
  /** The batch after which nothing is told of the span but what came late. */
  toBatch: number;
}

interface Mark {
  id: number;
  atMs: number;
  keyframe: number;
}

/**
 * Counters are read, and wakes told, at least so often: within it after the span there is a reading that encloses its end. A
 * look at everything comes every 5 minutes.
 */
const AFTER_MS = 6 * 60_000;

/**
 * Times go forward within a run only: a clock that was set back between two runs gives the same time twice.
 * @param batch one of the run; null: not known, the last run that had begun by the end of the span
 * @returns null where no run had begun
 */
export function locate(db: Sqlite, span: TimeSpan, batch: number | null): Place | null {
  const marks = prepared(
    db,
    'SELECT id, at_ms AS atMs, keyframe FROM batch WHERE keyframe > 0 ORDER BY id',
  ).all() as Mark[];
  const runs = marks.filter(({ keyframe }) => keyframe === RUN_BEGINS);
  const known = runBefore(runs, span, batch);
  if (known === null) return keptRun(db, marks, span, batch);
  const next = runs.find(({ id }) => id > known.id);
  return { ...placeIn(db, marks, span, { begins: known, beforeBatch: next?.id ?? null }), runMs: known.atMs };
}

function runBefore(runs: readonly Mark[], { toMs }: TimeSpan, batch: number | null): Mark | null {
  return runs.findLast(({ id, atMs }) => (batch === null ? atMs <= toMs : id <= batch)) ?? null;
}

/** The beginning of the run was dropped with its segment; the first keyframe that is kept stands for it. */
function keptRun(db: Sqlite, marks: readonly Mark[], span: TimeSpan, batch: number | null): Place | null {
  const first = runBefore(marks, span, batch) === null ? undefined : marks[0];
  if (first === undefined) return null;
  const next = marks.find(({ id, keyframe }) => keyframe === RUN_BEGINS && id > first.id);
  return { ...placeIn(db, marks, span, { begins: first, beforeBatch: next?.id ?? null }), runMs: null };
}

function placeIn(
  db: Sqlite,
  marks: readonly Mark[],
  span: TimeSpan,
  run: { begins: Mark; beforeBatch: number | null },
): Omit<Place, 'runMs'> {
  const { last } = prepared(db, 'SELECT max(id) AS last FROM batch').get() as { last: number };
  const runEndBatch = run.beforeBatch === null ? last : run.beforeBatch - 1;
  const before = marks.findLast(
    ({ id, atMs }) => id >= run.begins.id && id <= runEndBatch && atMs <= span.fromMs,
  );
  const from = before ?? run.begins;
  return {
    runBatch: run.begins.id,
    runEndBatch,
    fromBatch: from.id,
    fromMs: from.atMs,
    toBatch: firstBatchAt(db, span.toMs + AFTER_MS, from.id, runEndBatch),
  };
}

/** The first batch of a run at a time or after it; the last one where there is none. */
function firstBatchAt(db: Sqlite, atMs: number, first: number, last: number): number {
  const next = prepared(db, 'SELECT id, at_ms AS atMs FROM batch WHERE id >= ? ORDER BY id LIMIT 1');
  let low = first;
  let high = last;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = next.get(middle) as { id: number; atMs: number } | undefined;
    if (row === undefined || row.atMs >= atMs) high = middle;
    else low = row.id + 1;
  }
  return Math.min(low, last);
}
