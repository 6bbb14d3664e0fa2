import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beatsNeeded } from '../../../../src/core/periodicity/beats-needed.ts';
import { findPeriods } from '../../../../src/core/periodicity/periods.ts';
import { arrivals, clock, exposure, random } from './series.ts';

const among = (events: number, probability: number): number | null =>
  beatsNeeded(probability, false, { events, look: 1 });

/** The share of timers with so many beats that are found, each hidden among events at random times in some seconds of the ten minutes. */
function shareFound(beats: number, events: number, alpha: number, overMs: number): number {
  const draw = random(beats + 1000 * events);
  let found = 0;
  for (let run = 0; run < 120; run += 1) {
    const timer = clock(draw, { periodMs: 600_000 / beats, jitter: 0.02 });
    const fromMs = (600_000 - overMs) * draw();
    const others = arrivals(draw, events - timer.length, overMs).map((atMs) => fromMs + atMs);
    const timesMs = [...timer, ...others];
    if (findPeriods({ timesMs, exposure }, { alpha, maxPeriods: 1 }).length > 0) found += 1;
  }
  return found / 120;
}

describe('beatsNeeded', () => {
  it('is four where there are no more events than that, and one more than there are where no number of them would do', () => {
    expect([0, 1, 2, 3, 4].map((events) => among(events, 0.01))).toEqual([4, 4, 4, 4, 4]);
    expect([3, 4, 5].map((events) => among(events, 1e-4))).toEqual([4, 5, 5]);
    expect([4, 5, 6].map((events) => among(events, 1e-10))).toEqual([5, 6, 7]);
  });

  it('is none beyond what the tables tell', () => {
    expect(beatsNeeded(1e-15, false)).toBeNull();
    expect(among(100, 1e-300)).toBeNull();
  });

  it.each([
    [8, 1e-2],
    [20, 1e-2],
    [20, 1e-5],
    [50, 1e-3],
    [100, 1e-2],
    [300, 1e-4],
  ])(
    'so many are nearly always found, among %d events with a probability of %d, and half as many are not',
    (events, alpha) => {
      const beats = among(events, alpha) ?? Number.NaN;
      for (const overMs of [600_000, 200_000])
        expect(shareFound(beats, events, alpha, overMs), String(overMs)).toBeGreaterThan(0.9);
      expect(shareFound(Math.max(4, Math.floor(beats / 2)), events, alpha, 600_000)).toBeLessThan(0.7);
    },
  );

  it('are no fewer the more events there are, the less may be chance, with holes, and at later looks', () => {
    const numbers = fc.record({
      events: fc.integer({ min: 0, max: 1_000_000 }),
      more: fc.integer({ min: 0, max: 1_000_000 }),
      exponent: fc.double({ min: 2, max: 9, noNaN: true }),
      look: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(numbers, ({ events, more, exponent, look }) => {
        const probability = 10 ** -exponent;
        const beats = beatsNeeded(probability, false, { events, look }) ?? Infinity;
        const atLeast = (other: number | null): void =>
          expect(other ?? Infinity).toBeGreaterThanOrEqual(beats);
        atLeast(beatsNeeded(probability, false, { events: events + more, look }));
        atLeast(beatsNeeded(probability / 10, false, { events, look }));
        atLeast(beatsNeeded(probability, true, { events, look }));
        atLeast(beatsNeeded(probability, false, { events, look: look + 1 }));
      }),
    );
  });
});
