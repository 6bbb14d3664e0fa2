import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockTicks, valueTicks } from '../../../../src/render/html/axis.ts';

/** 14 November 2023, 22:13:20 UTC. */
const CLOCK = { originMs: 1_700_000_000_000, utcOffsetMinutes: 60 };
const labels = (from: number, to: number, most = 8): string[] =>
  clockTicks({ from, to }, CLOCK, most).map(({ label }) => label);

describe('clockTicks', () => {
  it('are round times of the host', () => {
    expect(labels(0, 60)).toEqual([
      '23:13:20',
      '23:13:30',
      '23:13:40',
      '23:13:50',
      '23:14:00',
      '23:14:10',
      '23:14:20',
    ]);
    expect(labels(0, 3600)).toEqual(['23:20', '23:30', '23:40', '23:50', '15 Nov', '00:10']);
    expect(labels(0, 7 * 86_400)).toEqual([
      '15 Nov',
      '16 Nov',
      '17 Nov',
      '18 Nov',
      '19 Nov',
      '20 Nov',
      '21 Nov',
    ]);
    expect(labels(0.1, 0.5, 4)).toEqual([
      '23:13:20.1',
      '23:13:20.2',
      '23:13:20.3',
      '23:13:20.4',
      '23:13:20.5',
    ]);
  });

  it('lie in what is shown, and are few', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -1e5, max: 1e5, noNaN: true }),
        fc.double({ min: 0.01, max: 1e7, noNaN: true }),
        (from, length) => {
          const ticks = clockTicks({ from, to: from + length }, CLOCK, 8);
          expect(ticks.length).toBeLessThanOrEqual(9);
          for (const { at } of ticks) {
            expect(at).toBeGreaterThanOrEqual(from - 1e-3);
            expect(at).toBeLessThanOrEqual(from + length + 1e-3);
          }
        },
      ),
    );
  });
});

describe('valueTicks', () => {
  it('are round values around a range', () => {
    expect(valueTicks(0, 1, 2)).toEqual({ from: 0, to: 1, ticks: [0, 0.5, 1] });
    expect(valueTicks(2.9, 3.1, 3).ticks).toEqual([2.9, 3, 3.1]);
  });

  it('hold the range', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e12, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e12, noNaN: true }),
        (low, span) => {
          fc.pre(span > low * 1e-9);
          const { from, to, ticks } = valueTicks(low, low + span, 3);
          expect(from).toBeLessThanOrEqual(low + span * 1e-6);
          expect(to).toBeGreaterThanOrEqual(low + span * (1 - 1e-6));
          expect(ticks.length).toBeLessThan(9);
        },
      ),
    );
  });
});
