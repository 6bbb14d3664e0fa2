import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeriodFinding } from '../../../../src/core/periodicity/finding.ts';
import { findPeriods } from '../../../../src/core/periodicity/periods.ts';
import { arrivals, clock, random, renewal } from './series.ts';

const exposure = [{ fromMs: 0, toMs: 600_000 }];
const find = (timesMs: readonly number[]): PeriodFinding[] => findPeriods({ timesMs, exposure });
const regular = (count: number, periodMs: number, fromMs = 0): number[] =>
  Array.from({ length: count }, (_, index) => fromMs + index * periodMs);

describe('a perfect clock', () => {
  it.each([5, 6, 20, 100, 2000])('of %d beats is found exactly', (count) => {
    const [first, ...more] = find(regular(count, 250, 1234));
    expect(more).toEqual([]);
    expect(first).toMatchObject({ beats: count, missed: 0, model: 'clock' });
    expect(first?.seconds).toBeCloseTo(0.25, 9);
    expect(first?.phaseSeconds).toBeCloseTo(1.234 % 0.25, 6);
    expect(first?.jitterSeconds).toBeLessThan(1e-6);
    expect(first?.beatsMs).toHaveLength(count);
  });

  it('of four beats reaches a false alarm probability of about 1e-3, of five 1e-5', () => {
    const [four] = find(regular(4, 10_000));
    const [five] = find(regular(5, 10_000));
    expect(Math.log10(four?.falseAlarmProbability ?? 1)).toBeCloseTo(-3, 0);
    expect(five?.falseAlarmProbability).toBeLessThan(1e-4);
  });

  it('never looks less periodic with more beats', () => {
    let last = 1;
    for (let count = 4; count < 200; count += 1) {
      const [first] = find(regular(count, 1000));
      expect(first?.falseAlarmProbability ?? 1).toBeLessThanOrEqual(last);
      last = first?.falseAlarmProbability ?? 1;
    }
  });

  it('lost beats are counted, those in holes are not', () => {
    const times = regular(40, 10_000, 3000).filter((_, index) => index % 13 !== 5);
    expect(find(times)).toMatchObject([{ beats: 37, missed: 3 }]);
    const holes = [
      { fromMs: 0, toMs: 150_000 },
      { fromMs: 260_000, toMs: 600_000 },
    ];
    const seen = regular(40, 10_000, 3000).filter((atMs) => atMs <= 150_000 || atMs >= 260_000);
    expect(findPeriods({ timesMs: seen, exposure: holes })).toMatchObject([
      { beats: seen.length, missed: 0 },
    ]);
  });
});

describe('no period', () => {
  it('in fewer than four events', () => {
    expect(find([])).toEqual([]);
    expect(find(regular(3, 10_000))).toEqual([]);
  });

  it('in equal stamps, in a burst, or outside of the exposure', () => {
    expect(find(Array.from({ length: 50 }, () => 7000))).toEqual([]);
    expect(find([...regular(50, 0.001, 7000)].slice(0, 3))).toEqual([]);
    expect(findPeriods({ timesMs: regular(20, 1000), exposure: [] })).toEqual([]);
    expect(findPeriods({ timesMs: regular(20, 1000), exposure: [{ fromMs: 30_000, toMs: 90_000 }] })).toEqual(
      [],
    );
  });

  it('is claimed for random arrivals more often than 1 % allows', () => {
    const draw = random(11);
    let alarms = 0;
    for (let run = 0; run < 400; run += 1) alarms += find(arrivals(draw, 4 + (run % 40))).length > 0 ? 1 : 0;
    expect(alarms).toBeLessThanOrEqual(12);
  });

  it('is claimed for bursts at random times', () => {
    const draw = random(12);
    let alarms = 0;
    for (let run = 0; run < 200; run += 1) {
      const times = arrivals(draw, 20).flatMap((atMs) => [atMs, atMs + 200 * draw(), atMs + 400 * draw()]);
      alarms += find(times).length > 0 ? 1 : 0;
    }
    expect(alarms).toBeLessThanOrEqual(8);
  });

  it('a time that is no number is refused', () => {
    expect(() => find([1, Number.NaN])).toThrow(RangeError);
  });
});

describe('power at 1 %', () => {
  const noise = (draw: () => number, count: number) => arrivals(draw, count);
  it.each([
    ['clock 20 %', 0.95, (draw: () => number) => clock(draw, { periodMs: 30_000, jitter: 0.2 })],
    [
      'clock 5 %, 30 % lost',
      0.95,
      (draw: () => number) => clock(draw, { periodMs: 30_000, jitter: 0.05, lost: 0.3 }),
    ],
    [
      'clock 5 % in noise',
      0.95,
      (draw: () => number) => [...clock(draw, { periodMs: 30_000, jitter: 0.05 }), ...noise(draw, 20)],
    ],
    ['renewal 33 %', 0.95, (draw: () => number) => renewal(draw, { periodMs: 30_000, jitter: 0.33 })],
    [
      'renewal 20 %, 30 % lost',
      0.85,
      (draw: () => number) => renewal(draw, { periodMs: 30_000, jitter: 0.2, lost: 0.3 }),
    ],
    [
      'renewal 10 % in noise',
      0.95,
      (draw: () => number) => [...renewal(draw, { periodMs: 30_000, jitter: 0.1 }), ...noise(draw, 20)],
    ],
    ['six beats', 0.98, (draw: () => number) => renewal(draw, { periodMs: 100_000, jitter: 0.05 })],
  ])('%s: at least %d', (_, least, make) => {
    const draw = random(5);
    let found = 0;
    for (let run = 0; run < 100; run += 1) found += find(make(draw)).length > 0 ? 1 : 0;
    expect(found / 100).toBeGreaterThanOrEqual(least);
  });

  it('an event every 10 s in bursts of five is one period', () => {
    const times = regular(30, 10_000, 2000).flatMap((atMs) => regular(5, 20, atMs));
    expect(find(times)).toMatchObject([{ beats: 30, missed: 0 }]);
    expect(find(times)[0]?.seconds).toBeCloseTo(10, 3);
  });

  it.each([0, 0.7])('three timers at once are found, each with its period, started %d s apart', (apart) => {
    const times = [5000, 3000, 7000].flatMap((periodMs, timer) =>
      Array.from({ length: Math.floor(60_000 / periodMs) }, (_, index) =>
        Math.min(60_000, (index + 1) * periodMs - timer * apart * 1000 + (index % 3)),
      ),
    );
    const found = findPeriods({ timesMs: times, exposure: [{ fromMs: 0, toMs: 60_000 }] });
    const seconds = found.map((one) => one.seconds).toSorted((a, b) => a - b);
    expect(seconds).toHaveLength(3);
    for (const [index, one] of seconds.entries()) {
      expect(Math.abs(one / ([3, 5, 7][index] as number) - 1)).toBeLessThan(0.02);
    }
    expect(found.map((one) => one.missed)).toEqual([0, 0, 0]);
  });

  it('whole seconds do not hide beats', () => {
    const times = clock(random(3), { periodMs: 5000, jitter: 0.02 }).map(
      (atMs) => Math.floor(atMs / 1000) * 1000,
    );
    const [first] = findPeriods({ timesMs: times, exposure }, { resolutionMs: 1000 });
    expect(first).toMatchObject({ beats: times.length, missed: 0 });
    expect(first?.seconds).toBeCloseTo(5, 2);
  });

  it('gaps of 9 s and 14 s in turn have a period of 23 s', () => {
    const draw = random(3);
    const times = clock(draw, { periodMs: 23_000, jitter: 0.01 }).flatMap((atMs) => [atMs, atMs + 9000]);
    const [first] = find(times);
    expect(first?.seconds).toBeCloseTo(23, 1);
  });

  it('a clock and a renewal chain are told apart', () => {
    const draw = random(4);
    const models = (make: () => number[]): string[] =>
      Array.from({ length: 20 }, () => find(make())[0]?.model ?? 'none');
    const clocks = models(() => clock(draw, { periodMs: 15_000, jitter: 0.1 }));
    const renewals = models(() => renewal(draw, { periodMs: 15_000, jitter: 0.1 }));
    expect(clocks.filter((model) => model === 'clock').length).toBeGreaterThanOrEqual(18);
    expect(renewals.filter((model) => model === 'renewal').length).toBeGreaterThanOrEqual(18);
  });
});

describe('any series', () => {
  const seeds = fc.integer({ min: 1, max: 1e6 });
  const beat = (seed: number): number[] => {
    const draw = random(seed);
    return [...clock(draw, { periodMs: 20_000, jitter: 0.05, lost: 0.1 }), ...arrivals(draw, 6)];
  };

  it('has the same periods later, in another unit, and in another order', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 0, max: 2e12 }),
        fc.constantFrom(0.25, 4, 64),
        (seed, shift, scale) => {
          const times = beat(seed);
          const [plain] = find(times);
          const [moved] = findPeriods({
            timesMs: times.map((atMs) => atMs * scale + shift).toReversed(),
            exposure: [{ fromMs: shift, toMs: 600_000 * scale + shift }],
          });
          expect(moved?.beats).toBe(plain?.beats);
          expect((moved?.seconds ?? 0) / scale).toBeCloseTo(plain?.seconds ?? 0, 3);
          expect(Math.log(moved?.falseAlarmProbability ?? 1)).toBeCloseTo(
            Math.log(plain?.falseAlarmProbability ?? 1),
            0,
          );
        },
      ),
      { numRuns: 40 },
    );
  });

  it('gives the same twice', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(find(beat(seed))).toEqual(find(beat(seed)));
      }),
      { numRuns: 10 },
    );
  });

  it('is judged with numbers only, and findings lie in their bounds', () => {
    const times = fc.array(
      fc.oneof(fc.integer({ min: -5, max: 50 }), fc.double({ min: 0, max: 1e5, noNaN: true })),
      {
        maxLength: 60,
      },
    );
    const spans = fc.array(
      fc
        .tuple(fc.integer({ min: 0, max: 1e5 }), fc.integer({ min: 0, max: 1e5 }))
        .map(([a, b]) => ({ fromMs: a, toMs: b })),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(times, spans, fc.constantFrom(0.001, 10), (timesMs, exposed, resolutionMs) => {
        for (const finding of findPeriods({ timesMs, exposure: exposed }, { alpha: 1, resolutionMs })) {
          const { seconds, secondsInterval, jitterSeconds, beats, missed, phaseSeconds } = finding;
          for (const value of [
            seconds,
            jitterSeconds,
            phaseSeconds,
            secondsInterval.from,
            secondsInterval.to,
            missed,
          ]) {
            expect(Number.isFinite(value)).toBe(true);
            expect(value).toBeGreaterThanOrEqual(0);
          }
          expect(seconds).toBeGreaterThan(0);
          expect(beats).toBeLessThanOrEqual(timesMs.length);
          expect(phaseSeconds).toBeLessThanOrEqual(seconds);
          expect(finding.falseAlarmProbability).toBeGreaterThanOrEqual(0);
          expect(finding.falseAlarmProbability).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 300 },
    );
  });
});
