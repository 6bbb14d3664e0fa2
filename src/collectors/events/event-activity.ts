import { parseEventTime } from '../../core/parse/event-time.ts';
import { type Sighting, sightedTimes } from '../../core/parse/sighting.ts';
import type { EventActivity } from '../../model/activity.ts';
import type { EventRow } from './rows.ts';
import type { EventsTable } from './table.ts';

/** The activity of a row. */
export function toEventActivity(
  row: EventRow,
  table: EventsTable,
  target: string,
  sighting: Sighting,
): EventActivity {
  const { timeFormat } = table.columns;
  const stamp = timeFormat === null ? null : parseEventTime(row.time, timeFormat);
  const { stampedAtMs, stampDoubtful, atMs, ...seen } = sightedTimes(stamp, row.time !== null, sighting);
  return {
    kind: 'event',
    atMs,
    target,
    collector: 'events',
    processId: null,
    thread: null,
    source: table.name,
    type: row.type,
    id: row.id,
    data: row.data,
    ...seen,
    stampedAtMs,
    stampDoubtful,
  };
}
