import { type CellValue, parseEventTime } from '../../core/parse/event-time.ts';
import type { Connection } from './database.ts';
import type { Key, RowHead } from './rows.ts';
import type { EventsTable } from './table.ts';

/** Whether ids grow with time, as far as the remembered rows tell; a table without times says nothing against it. */
export function isOrdered(heads: readonly RowHead[], table: EventsTable): boolean {
  const { timeFormat } = table.columns;
  if (timeFormat === null) return heads.length === 0;
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const head of heads) {
    const time = parseEventTime(head.time, timeFormat);
    if (time === null) continue;
    if (time.atMs < latestMs - 60_000) return false;
    latestMs = Math.max(latestMs, time.atMs);
  }
  return true;
}

/** sqlite_sequence of an AUTOINCREMENT table: the highest id that was given out; null: of another. See sqlite.org/autoinc.html. */
export function readSequence(connection: Connection, table: EventsTable): bigint | null {
  if (!table.autoincrement) return null;
  const row = connection
    .prepare<[string], { seq: CellValue }>('SELECT seq FROM sqlite_sequence WHERE name = ?')
    .safeIntegers()
    .get(table.name);
  return typeof row?.seq === 'bigint' ? row.seq : 0n;
}

/** Ids that AUTOINCREMENT gave out and that belong to no row now. */
export function countDeleted(from: bigint | null, to: bigint | null, fresh: readonly { key: Key }[]): number {
  if (from === null || to === null || to <= from) return 0;
  const present = fresh.filter(({ key }) => typeof key === 'bigint' && key > from && key <= to).length;
  return Number(to - from) - present;
}
