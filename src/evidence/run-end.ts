import type { StretchReport } from '../model/evidence.ts';
import { type Sqlite, prepared } from '../os/sqlite.ts';
import { RUN_BEGINS } from './chain.ts';

/** The end of a run that may have been cut off; null where nothing of the kind is kept. */
export interface RunEnd {
  /** Of the last look that was written: everything that was seen until then is. */
  lastLookMs: number | null;
  stretch: StretchReport | null;
}

/** Where its beginning was dropped by retention, what is kept is the last run's. */
export function readRunEnd(db: Sqlite): RunEnd {
  const batch = prepared(db, 'SELECT coalesce(max(id), 0) FROM batch WHERE keyframe = ?')
    .pluck()
    .get(RUN_BEGINS) as number;
  const lastLookMs = prepared(db, 'SELECT max(to_ms) FROM look WHERE batch >= ?').pluck().get(batch) as
    | number
    | null;
  const body = prepared(
    db,
    "SELECT body FROM document WHERE kind = 'stretch' AND batch >= ? ORDER BY rowid DESC LIMIT 1",
  )
    .pluck()
    .get(batch) as string | undefined;
  return { lastLookMs, stretch: body === undefined ? null : (JSON.parse(body) as StretchReport) };
}
