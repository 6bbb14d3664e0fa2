/** A cell as SQLite hands it over; integers may come as bigint. */
export type CellValue = string | number | bigint | null | Uint8Array;

/** How a table writes its times. Decided once for the table, never row by row: a row that differs is then noticed. */
export type TimeFormat = { kind: 'text' } | { kind: 'epoch'; unit: EpochUnit } | { kind: 'julian' };
export type EpochUnit = 's' | 'ms' | 'us' | 'ns';

/** `resolutionMs` is how coarse the stamp is: the row was stamped within that time after `atMs`. */
export interface EventTime {
  atMs: number;
  resolutionMs: number;
}

const UNIT_MS: Readonly<Record<EpochUnit, number>> = { s: 1000, ms: 1, us: 1e-3, ns: 1e-6 };
const UNITS: readonly EpochUnit[] = ['s', 'ms', 'us', 'ns'];
const DAY_MS = 86_400_000;
/** Julian day of 1970-01-01T00:00Z, as SQLite's julianday() counts. */
const JULIAN_EPOCH = 2_440_587.5;
/** Years 1990 to 2100: within them the four epoch units and Julian days cannot be taken for one another. */
const PLAUSIBLE = { fromMs: Date.UTC(1990, 0, 1), toMs: Date.UTC(2100, 0, 1) } as const;
const TEXT =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)? ?(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/i;
const NUMBER = /^\d+(?:\.\d+)?$/;

/** The format that most of these cells have; null where none of them can be read as a time. Nulls do not vote. */
export function detectTimeFormat(cells: readonly CellValue[]): TimeFormat | null {
  const votes = new Map<string, { format: TimeFormat; count: number }>();
  for (const cell of cells) {
    const format = formatOf(cell);
    if (format === null) continue;
    const key = format.kind === 'epoch' ? format.unit : format.kind;
    const vote = votes.get(key) ?? { format, count: 0 };
    vote.count += 1;
    votes.set(key, vote);
  }
  const [first] = [...votes.values()].sort((a, b) => b.count - a.count);
  return first?.format ?? null;
}

/**
 * Reads one cell in the table's format; null where it is not a time in that format, as milliseconds are not among seconds. Text without a zone is UTC, as
 * SQLite's own CURRENT_TIMESTAMP is; whether that was true shows when the stamp is compared with when the row came.
 */
export function parseEventTime(cell: CellValue, format: TimeFormat): EventTime | null {
  if (format.kind === 'text') return typeof cell === 'string' ? parseText(cell.trim()) : null;
  const value = numberOf(cell);
  if (value === null) return null;
  const unitMs = format.kind === 'julian' ? 1 : UNIT_MS[format.unit] / 10 ** decimalsOf(cell);
  const atMs = format.kind === 'julian' ? (value - JULIAN_EPOCH) * DAY_MS : value * UNIT_MS[format.unit];
  return isPlausible(atMs) ? { atMs, resolutionMs: Math.max(unitMs, 1e-3) } : null;
}

function formatOf(cell: CellValue): TimeFormat | null {
  const value = numberOf(cell);
  if (value === null)
    return typeof cell === 'string' && parseText(cell.trim()) !== null ? { kind: 'text' } : null;
  for (const unit of UNITS) {
    if (isPlausible(value * UNIT_MS[unit])) return { kind: 'epoch', unit };
  }
  return isPlausible((value - JULIAN_EPOCH) * DAY_MS) ? { kind: 'julian' } : null;
}

function isPlausible(atMs: number): boolean {
  return atMs >= PLAUSIBLE.fromMs && atMs < PLAUSIBLE.toMs;
}

function numberOf(cell: CellValue): number | null {
  if (typeof cell === 'string') return NUMBER.test(cell.trim()) ? Number(cell) : null;
  if (typeof cell !== 'number' && typeof cell !== 'bigint') return null;
  const value = Number(cell);
  return Number.isFinite(value) ? value : null;
}

/** Digits after the point; a whole number kept as REAL counts as whole. */
function decimalsOf(cell: CellValue): number {
  if (typeof cell === 'bigint') return 0;
  const text = String(cell).trim();
  const point = text.indexOf('.');
  return point < 0 ? 0 : text.length - point - 1;
}

function parseText(text: string): EventTime | null {
  const match = TEXT.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  if (zone !== undefined && hour === undefined) return null;
  const dayMs = Date.UTC(number(year), number(month) - 1, number(day));
  // Date.UTC carries 31 February over into March: what does not come back as it went in is no date.
  if (new Date(dayMs).toISOString().slice(0, 10) !== `${year}-${month}-${day}`) return null;
  if (number(hour) > 23 || number(minute) > 59 || number(second) > 60) return null;
  const offsetMs = zoneOffsetMs(zone);
  if (offsetMs === null) return null;
  const fractionMs = fraction === undefined ? 0 : Number(`0.${fraction}`) * 1000;
  const timeMs = (number(hour) * 60 + number(minute)) * 60_000 + number(second) * 1000 + fractionMs;
  return { atMs: dayMs + timeMs - offsetMs, resolutionMs: textResolutionMs(hour, second, fraction) };
}

const number = (digits: string | undefined): number => (digits === undefined ? 0 : Number(digits));

function textResolutionMs(hour?: string, second?: string, fraction?: string): number {
  if (fraction !== undefined) return Math.max(1000 / 10 ** fraction.length, 1e-3);
  if (second !== undefined) return 1000;
  return hour === undefined ? DAY_MS : 60_000;
}

/** Milliseconds east of UTC; no zone, Z, UTC and GMT are 0. Offsets reach from -12:00 to +14:00. */
function zoneOffsetMs(zone: string | undefined): number | null {
  if (zone === undefined || !/^[+-]/.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
