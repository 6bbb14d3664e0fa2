import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectTimeFormat, type EpochUnit, parseEventTime } from '../../../../src/core/parse/event-time.ts';

const AT_MS = Date.UTC(2026, 10, 20, 12, 34, 56, 789);
const read = (cell: string | number | bigint): ReturnType<typeof parseEventTime> => {
  const format = detectTimeFormat([cell]);
  return format === null ? null : parseEventTime(cell, format);
};

const two = (value: number): string => String(Math.floor(Math.abs(value))).padStart(2, '0');

describe('parseEventTime', () => {
  it.each([
    ['2026-11-20T12:34:56.789Z', AT_MS, 1],
    ['2026-11-20 12:34:56.789', AT_MS, 1],
    ['2026-11-20 12:34:56,789 UTC', AT_MS, 1],
    ['2026-11-20T12:34:56.789000+00:00', AT_MS, 1e-3],
    ['2026-11-20 12:34:56', AT_MS - 789, 1000],
    ['2026-11-20T14:34:56+02:00', AT_MS - 789, 1000],
    ['2026-11-20T07:34:56-0500', AT_MS - 789, 1000],
    ['2026-11-20 18:04:56+05:30', AT_MS - 789, 1000],
    ['2026-11-20 12:34', Date.UTC(2026, 10, 20, 12, 34), 60_000],
    ['2026-11-20', Date.UTC(2026, 10, 20), 86_400_000],
    [Math.floor(AT_MS / 1000), AT_MS - 789, 1000],
    ['1795178096', 1795178096000, 1000],
    ['1795178096.789', 1795178096789, 1],
    [AT_MS, AT_MS, 1],
    [BigInt(AT_MS) * 1000n, AT_MS, 1e-3],
    [BigInt(AT_MS) * 1_000_000n, AT_MS, 1e-3],
  ])('%s', (cell, atMs, resolutionMs) => {
    const time = read(cell);
    expect(time?.atMs).toBeCloseTo(atMs, 0);
    expect(time?.resolutionMs).toBeCloseTo(resolutionMs, 6);
  });

  it('reads a Julian day as SQLite counts them', () => {
    expect(read(AT_MS / 86_400_000 + 2_440_587.5)?.atMs).toBeCloseTo(AT_MS, 0);
  });

  it.each([
    '',
    'soon',
    '2026-02-30 00:00:00',
    '2026-13-01',
    '2026-11-20 25:00:00',
    '2026-11-20T12:00:00+99:00',
    '2026-11-20Z',
    0,
    -5,
    42,
    1e30,
    Number.NaN,
  ])('no time: %s', (cell) => expect(read(cell)).toBeNull());

  it('decides the unit for the table and not for the row', () => {
    const format = detectTimeFormat([1795178096, null, 1795178097, 'x', 1795178098000]);
    expect(format).toEqual({ kind: 'epoch', unit: 's' });
    if (format === null) return;
    expect(parseEventTime(1795178098, format)?.atMs).toBe(1795178098000);
    expect(parseEventTime(1795178098000, format)).toBeNull();
    expect(parseEventTime('1795178098000', format)).toBeNull();
    expect(parseEventTime(1795178, format)).toBeNull();
    expect(parseEventTime('2026-11-20 12:00:00', format)).toBeNull();
    expect(parseEventTime(null, format)).toBeNull();
    expect(parseEventTime(new Uint8Array(4), format)).toBeNull();
  });

  it('has no format where there is nothing to read', () => {
    expect(detectTimeFormat([])).toBeNull();
    expect(detectTimeFormat([null, new Uint8Array(4)])).toBeNull();
  });
});

describe('properties', () => {
  const instants = fc.integer({ min: Date.UTC(1990, 0, 2), max: Date.UTC(2099, 11, 30) });

  it('every instant comes back from ISO text, whatever its offset', () => {
    fc.assert(
      fc.property(
        instants,
        fc.integer({ min: -12 * 60, max: 14 * 60 }),
        fc.boolean(),
        (atMs, offset, blank) => {
          const local = new Date(atMs + offset * 60_000).toISOString().slice(0, -1);
          const zone = `${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`;
          const text = blank ? `${local.replace('T', ' ')} ${zone}` : local + zone;
          expect(read(text)).toEqual({ atMs, resolutionMs: 1 });
        },
      ),
    );
  });

  it('every instant comes back from every epoch unit, and units are never taken for one another', () => {
    const units: [EpochUnit, bigint, bigint][] = [
      ['s', 1000n, 1n],
      ['ms', 1n, 1n],
      ['us', 1n, 1000n],
      ['ns', 1n, 1_000_000n],
    ];
    fc.assert(
      fc.property(
        instants,
        fc.constantFrom(...units),
        fc.boolean(),
        (atMs, [unit, divisor, factor], asText) => {
          const cell = (BigInt(atMs) / divisor) * factor;
          expect(detectTimeFormat([asText ? String(cell) : cell])).toEqual({ kind: 'epoch', unit });
          const time = read(asText ? String(cell) : cell);
          expect(Math.abs((time?.atMs ?? 0) - atMs)).toBeLessThanOrEqual(
            time?.resolutionMs === 1000 ? 1000 : 1,
          );
        },
      ),
    );
  });

  it('the stamp is never later than what it stands for, and never earlier by more than its resolution', () => {
    fc.assert(
      fc.property(instants, fc.integer({ min: 0, max: 3 }), (atMs, digits) => {
        const iso = new Date(atMs).toISOString();
        const text = digits === 0 ? `${iso.slice(0, 19)}Z` : `${iso.slice(0, 20 + digits)}Z`;
        const time = read(text);
        expect(time?.atMs).toBeLessThanOrEqual(atMs);
        expect((time?.atMs ?? 0) + (time?.resolutionMs ?? 0)).toBeGreaterThanOrEqual(atMs);
      }),
    );
  });

  it('never throws and never returns what is no number', () => {
    const cells = fc.oneof(fc.string(), fc.double(), fc.bigInt(), fc.constant(null), fc.uint8Array());
    fc.assert(
      fc.property(fc.array(cells), cells, (table, cell) => {
        const format = detectTimeFormat(table);
        const time = format === null ? null : parseEventTime(cell, format);
        if (time !== null) expect(Number.isFinite(time.atMs) && time.resolutionMs > 0).toBe(true);
      }),
    );
  });
});
