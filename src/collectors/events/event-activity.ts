import { parseEventTime } from '../../core/parse/event-time.ts';
import type { EventActivity } from '../../model/activity.ts';
import type { EventRow } from './rows.ts';
import type { EventsTable } from './table.ts';

/** When a row was first seen, and since when it could have come. */
export interface Sighting {
  target: string;
  /** The look's time. */
  nowMs: number;
  /** When the reading had ended: later stamps than this are from the future. */
  readAtMs: number;
  /** The last look that saw the table without it, and nobody writing; null for rows that were there at the first look. */
  previousMs: number | null;
  /** How far a stamp may be off: two ticks and a second, since it is taken before its transaction commits. */
  graceMs: number;
}

/** Stamps finer than this are taken as they are; coarser ones are narrowed down to when the row can have come. */
const FINE_MS = 1000;

/**
 * The activity of a row. Its stamp is believed if the row was stamped between the last look that did not see it and
 * the one that did, give or take its resolution and the grace. Otherwise the clock or the zone of the stamps is in
 * doubt, or a transaction was open for longer than that: the row then counts at the time when it was first seen.
 */
export function toEventActivity(row: EventRow, table: EventsTable, sighting: Sighting): EventActivity {
  const { nowMs, previousMs, graceMs } = sighting;
  const { timeFormat } = table.columns;
  const stamp = timeFormat === null ? null : parseEventTime(row.time, timeFormat);
  const isEarly =
    stamp !== null && previousMs !== null && stamp.atMs + stamp.resolutionMs < previousMs - graceMs;
  const isLate = stamp !== null && stamp.atMs > Math.max(nowMs, sighting.readAtMs) + graceMs;
  const stampDoubtful = stamp === null ? row.time !== null : isEarly || isLate;
  const firstSeenAtMs = previousMs === null ? Math.min(stamp?.atMs ?? nowMs, nowMs) : nowMs;
  let atMs = firstSeenAtMs;
  if (stamp !== null && !stampDoubtful) {
    const { atMs: stampedMs, resolutionMs } = stamp;
    const latestMs = Math.min(stampedMs + resolutionMs, nowMs);
    atMs =
      resolutionMs <= FINE_MS ? stampedMs : Math.max(stampedMs, Math.min(previousMs ?? stampedMs, latestMs));
  }
  return {
    kind: 'event',
    atMs,
    target: sighting.target,
    collector: 'events',
    processId: null,
    thread: null,
    source: table.name,
    type: row.type,
    id: row.id,
    data: row.data,
    firstSeenAtMs,
    ...(previousMs !== null && (stamp === null || stampDoubtful) ? { notBeforeMs: previousMs } : {}),
    stampedAtMs: stamp?.atMs ?? null,
    stampDoubtful,
  };
}
