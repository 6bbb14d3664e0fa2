import type { FieldValue } from '../../../model/activity.ts';
import { type CellValue, type EventTime, parseEventTime, type TimeFormat } from '../event-time.ts';
import { isBelievable, type Sighting } from '../sighting.ts';
import { fieldDimension, scaled } from '../../derive/field-dimension.ts';

/** A line may be stamped with the beginning of what it tells of; longer ago is not believed. */
const LONGEST_TOLD_MS = 3_600_000;

const ZONED = /(?:z|utc|gmt|[+-]\d{2}(?::?\d{2})?)$/iu;

/** Minutes east of UTC at a time. */
export type UtcOffset = (atMs: number) => number;

/**
 * The stamp of a line. One without a zone is UTC or the time of the host, whichever lies nearer to when the line was seen: programs
 * write both, and the two are too far apart to be mistaken.
 */
export function lineStamp(
  time: CellValue,
  format: TimeFormat,
  sighting: Sighting,
  utcOffset: UtcOffset,
): EventTime | null {
  const stamp = parseEventTime(time, format);
  if (stamp === null || format.kind !== 'text' || typeof time !== 'string' || hasZone(time)) return stamp;
  const local = { ...stamp, atMs: stamp.atMs - utcOffset(stamp.atMs) * 60_000 };
  if (sighting.previousMs !== null) return isBelievable(local, sighting) ? local : stamp;
  // Of a line that was there before: neither lies in the future.
  return stamp.atMs > sighting.nowMs || isNearer(local, stamp, sighting.nowMs) ? local : stamp;
}

/** How long what a line tells of took, in milliseconds: by so much its stamp may lie before it. */
export function toldMs(data: Readonly<Record<string, FieldValue>>): number {
  let longestMs = 0;
  for (const [name, value] of Object.entries(data)) {
    if (typeof value !== 'number') continue;
    const { dimension, scale } = fieldDimension(name);
    if (dimension.quantity === 'seconds') longestMs = Math.max(longestMs, scaled(value, scale) * 1000);
  }
  return Math.min(longestMs, LONGEST_TOLD_MS);
}

/** A date without a time ends in what looks like an offset. */
function hasZone(time: string): boolean {
  return time.trim().length > 10 && ZONED.test(time.trim());
}

function isNearer(one: EventTime, other: EventTime, nowMs: number): boolean {
  return one.atMs <= nowMs && Math.abs(nowMs - one.atMs) < Math.abs(nowMs - other.atMs);
}
