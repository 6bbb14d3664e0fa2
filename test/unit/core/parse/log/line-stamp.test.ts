import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineStamp, toldMs } from '../../../../../src/core/parse/log/line-stamp.ts';

const NOW = Date.UTC(2026, 4, 1, 12, 0, 0);
const sighting = (previousMs: number | null) => ({
  nowMs: NOW,
  readAtMs: NOW,
  previousMs,
  silentUntilMs: null,
  graceMs: 3000,
});
const berlin = (): number => 120;

const read = (time: string, previousMs: number | null = NOW - 1000): string => {
  const stamp = lineStamp(time, { kind: 'text' }, sighting(previousMs), berlin);
  return stamp === null ? 'none' : new Date(stamp.atMs).toISOString();
};

describe('the stamp of a line', () => {
  it.each([
    ['2026-05-01 11:59:59.500', '2026-05-01T11:59:59.500Z'],
    ['2026-05-01 13:59:59,500', '2026-05-01T11:59:59.500Z'],
    ['2026-05-01T13:59:59.5+02:00', '2026-05-01T11:59:59.500Z'],
    ['2026-05-01T13:59:59.5Z', '2026-05-01T13:59:59.500Z'],
    // Neither fits: it stays as it is written, and is doubtful.
    ['2026-05-01 09:59:59', '2026-05-01T09:59:59.000Z'],
    ['noon', 'none'],
  ])('%s is %s', (time, expected) => {
    expect(read(time)).toBe(expected);
  });

  it('of a line that was there before lies not in the future', () => {
    expect(read('2026-05-01 13:30:00', null)).toBe('2026-05-01T11:30:00.000Z');
    expect(read('2026-05-01 11:30:00', null)).toBe('2026-05-01T11:30:00.000Z');
  });

  it('in the time of the host or in UTC is understood whatever the host says', () => {
    const quarter = fc.integer({ min: -48, max: 56 }).map((quarters) => quarters * 15);
    fc.assert(
      fc.property(quarter, fc.boolean(), fc.integer({ min: 0, max: 999 }), (offset, isLocal, ago) => {
        const atMs = NOW - ago;
        const written = new Date(atMs + (isLocal ? offset * 60_000 : 0))
          .toISOString()
          .replace('T', ' ')
          .slice(0, -1);
        const stamp = lineStamp(written, { kind: 'text' }, sighting(NOW - 1000), () => offset);
        expect(stamp?.atMs).toBe(atMs);
      }),
    );
  });
});

describe('how long a line says that something took', () => {
  it('is the longest of its times, an hour at most', () => {
    expect(toldMs({ duration_ms: 812, total_s: 2, token_count: 5000, note: 'x' })).toBe(2000);
    expect(toldMs({ uptime_s: 86_400 })).toBe(3_600_000);
    expect(toldMs({})).toBe(0);
  });
});
