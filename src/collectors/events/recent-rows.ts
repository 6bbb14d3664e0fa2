import { detectTimeFormat, type EventTime, parseEventTime } from '../../core/parse/event-time.ts';
import { isOrdered } from './ids.ts';
import type { RowHead } from './rows.ts';
import type { EventsTable } from './table.ts';

/**
 * Of the rows of a table, in the order of keys, those that may have come since a time. One whose time cannot be read in the table's format (it is
 * of another one, is missing, or there is no such column) may have, or else what its user asked for would count as done with nobody asking. It
 * has not where it is old in a format of its own, or a row that came later is.
 */
export function recentRows(heads: readonly RowHead[], table: EventsTable, sinceMs: number): RowHead[] {
  const { timeFormat } = table.columns;
  const growWithTime = table.hasRowid && isOrdered(heads, table);
  const recent: RowHead[] = [];
  let isOldFromHere = false;
  for (const head of heads.toReversed()) {
    const told = timeFormat === null ? null : parseEventTime(head.time, timeFormat);
    const time = told ?? ownTime(head);
    if (time === null ? !isOldFromHere : time.atMs + time.resolutionMs >= sinceMs) recent.push(head);
    if (told !== null && growWithTime) isOldFromHere ||= told.atMs + told.resolutionMs < sinceMs;
  }
  return recent.toReversed();
}

function ownTime({ time }: RowHead): EventTime | null {
  const format = detectTimeFormat([time]);
  return format === null ? null : parseEventTime(time, format);
}
