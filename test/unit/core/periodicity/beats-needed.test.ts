import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backgroundOf, beatsNeeded } from '../../../../src/core/periodicity/beats-needed.ts';
import { findPeriods } from '../../../../src/core/periodicity/periods.ts';
import { arrivals, clock, exposure, random } from './series.ts';

const beatsAmong = (events: number, probability: number): number | null =>
  beatsNeeded(probability, false, { events, looks: 1, crowding: 0 });

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
    expect([0, 1, 2, 3, 4].map((events) => beatsAmong(events, 0.01))).toEqual([4, 4, 4, 4, 4]);
    expect([3, 4, 5].map((events) => beatsAmong(events, 1e-4))).toEqual([4, 5, 5]);
    expect([4, 5, 6].map((events) => beatsAmong(events, 1e-10))).toEqual([5, 6, 7]);
  });

  it('is none beyond what the tables tell', () => {
    expect(beatsNeeded(1e-15, false)).toBeNull();
    expect(beatsAmong(100, 1e-300)).toBeNull();
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
      const beats = beatsAmong(events, alpha) ?? Number.NaN;
      for (const overMs of [600_000, 200_000])
        expect(shareFound(beats, events, alpha, overMs), String(overMs)).toBeGreaterThan(0.9);
      expect(shareFound(Math.max(4, Math.floor(beats / 2)), events, alpha, 600_000)).toBeLessThan(0.7);
    },
  );

  it.each([60, 120, 300])(
    'so many are nearly always found of stamps of whole seconds, too, in %d s',
    (seconds) => {
      for (const events of [4, 8, 15, 20]) {
        const windowMs = seconds * 1000;
        const crowding = events / seconds;
        const beats = beatsNeeded(0.01, false, { events, looks: 1, crowding }) ?? Number.NaN;
        if (beats > events) continue;
        const draw = random(seconds + events);
        let found = 0;
        for (let run = 0; run < 100; run += 1) {
          const timer = clock(draw, { periodMs: windowMs / beats, jitter: 0.02, windowMs });
          const timesMs = [...timer, ...arrivals(draw, events - timer.length, windowMs)].map(
            (atMs) => 1000 * Math.floor(atMs / 1000),
          );
          const series = { timesMs, exposure: [{ fromMs: 0, toMs: windowMs }] };
          if (findPeriods(series, { alpha: 0.01, maxPeriods: 1, resolutionMs: 1000 }).length > 0) found += 1;
        }
        expect(found, `${events} events`).toBeGreaterThan(85);
      }
    },
  );

  it('are told from all events, close ones counted once, and from those that only lie in a part of the time', () => {
    const draw = random(6);
    const events = (timesMs: number[]): number => backgroundOf({ timesMs, exposure }, 0.001, 1).events;
    const tight = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((start) =>
      arrivals(draw, 40, 200).map((atMs) => start * 70_000 + atMs),
    );
    expect(events(tight)).toBeLessThanOrEqual(16);
    expect(events([...arrivals(draw, 300, 150_000), 590_000])).toBeGreaterThan(200);
    expect(events([...arrivals(draw, 10), -5, 700_000])).toBeLessThanOrEqual(10);
    expect(backgroundOf({ timesMs: arrivals(draw, 60), exposure }, 1000, 1).crowding).toBeCloseTo(0.1, 5);
  });

  it('are none among so many events that their stamps take half of the time', () => {
    expect(beatsNeeded(0.01, false, { events: 30, looks: 1, crowding: 0.5 })).toBeNull();
    expect(beatsNeeded(0.01, false, { events: 3, looks: 1, crowding: 0.5 })).toBe(4);
  });

  it('are no fewer the more events there are, the coarser their times are, the less may be chance, with holes, and at later looks', () => {
    const numbers = fc.record({
      events: fc.integer({ min: 0, max: 1_000_000 }),
      more: fc.integer({ min: 0, max: 1_000_000 }),
      exponent: fc.double({ min: 2, max: 9, noNaN: true }),
      looks: fc.integer({ min: 1, max: 9 }),
      crowding: fc.double({ min: 0, max: 0.5, noNaN: true }),
    });
    fc.assert(
      fc.property(numbers, ({ events, more, exponent, ...rest }) => {
        const probability = 10 ** -exponent;
        const among = { events, ...rest };
        const beats = beatsNeeded(probability, false, among) ?? Infinity;
        const atLeast = (other: number | null): void =>
          expect(other ?? Infinity).toBeGreaterThanOrEqual(beats);
        atLeast(beatsNeeded(probability, false, { ...among, events: events + more }));
        atLeast(beatsNeeded(probability, false, { ...among, crowding: among.crowding + 0.01 }));
        atLeast(beatsNeeded(probability / 10, false, among));
        atLeast(beatsNeeded(probability, true, among));
        atLeast(beatsNeeded(probability, false, { ...among, looks: among.looks + 1 }));
      }),
    );
  });
});
