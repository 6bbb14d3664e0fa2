import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPeriods, hasPeriod } from '../../../../src/core/periodicity/periods.ts';
import { arrivals, clock, exposure, find, random, regular, renewal } from './series.ts';

describe('a perfect clock', () => {
  it.each([5, 6, 20, 100, 2000])('of %d beats is found exactly', (count) => {
    const [first, ...more] = find(regular(count, 250, 1234));
    expect(more).toEqual([]);
    expect(first).toMatchObject({ beats: count, missed: 0, model: 'clock' });
    expect(first?.seconds).toBeCloseTo(0.25, 9);
    expect(first?.phaseSeconds).toBeCloseTo(1.234 % 0.25, 6);
    expect(first?.jitterSeconds).toBeLessThan(1e-6);
    expect(first?.beatsMs).toHaveLength(Math.min(1000, count));
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

  it('of any period and phase looks no less periodic with one beat more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 60 }),
        fc.double({ min: 0.5, max: 9000, noNaN: true }),
        fc.double({ min: 0, max: 9000, noNaN: true }),
        (count, periodMs, fromMs) => {
          const chance = (beats: number): number =>
            find(regular(beats, periodMs, fromMs))[0]?.falseAlarmProbability ?? 1;
          expect(chance(count + 1)).toBeLessThanOrEqual(chance(count));
        },
      ),
      { numRuns: 60 },
    );
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

describe('what a report draws', () => {
  const times = [...regular(40, 10_000, 3000), 4000, 41_000, 77_000, 205_000].toReversed();

  it('beats are named by their place among the given times', () => {
    const [first] = find(times);
    expect(first?.beatsMs).toEqual(regular(40, 10_000, 3000));
    expect(first?.intervalsSeconds).toEqual(Array.from({ length: 39 }, () => 10));
  });

  it('all events have a phase, and beats that of the period', () => {
    const [first] = find(times);
    expect(first?.phases).toHaveLength(44);
    const phase = (first?.phaseSeconds ?? 0) / (first?.seconds ?? 1);
    expect(first?.phases.filter((one) => Math.abs(one - phase) < 0.01)).toHaveLength(40);
    for (const one of first?.phases ?? []) expect(one >= 0 && one < 1).toBe(true);
  });

  it('no interval goes across a hole', () => {
    const exposed = [
      { fromMs: 0, toMs: 150_000 },
      { fromMs: 260_000, toMs: 600_000 },
    ];
    const [first] = findPeriods({ timesMs: regular(60, 10_000), exposure: exposed });
    expect(first?.beats).toBe(50);
    expect(first?.intervalsSeconds).toEqual(Array.from({ length: 48 }, () => 10));
  });

  it('an event at the very end of a hole is a stretch of its own', () => {
    const exposed = [
      { fromMs: 0, toMs: 110_000 },
      { fromMs: 120_000, toMs: 600_000 },
    ];
    const [first] = findPeriods({ timesMs: regular(13, 10_000), exposure: exposed });
    expect(first).toMatchObject({ beats: 13, missed: 0 });
    const draw = random(31);
    let alarms = 0;
    for (let run = 0; run < 100; run += 1) {
      const scattered = [...arrivals(draw, 12, 110_000), 120_000];
      alarms += findPeriods({ timesMs: scattered, exposure: exposed }).length > 0 ? 1 : 0;
    }
    expect(alarms).toBeLessThanOrEqual(4);
  });

  it('at most 1,000 of each', () => {
    const [first] = find(regular(5000, 100, 50));
    expect(first?.beats).toBe(5000);
    for (const list of [first?.beatsMs, first?.phases]) expect(list).toHaveLength(1000);
    expect(first?.intervalsSeconds).toHaveLength(999);
  });
});

describe('a second timer that is a multiple of the first', () => {
  it.each([2, 3, 5])('of %d times its period is found where its beats come besides', (times) => {
    const draw = random(40 + times);
    let found = 0;
    for (let run = 0; run < 40; run += 1) {
      const heartbeat = clock(draw, { periodMs: 10_000, jitter: 0.01 });
      const other = clock(draw, { periodMs: 10_000 * times, jitter: 0.01 });
      const seconds = find([...heartbeat, ...other]).map((one) => Math.round(one.seconds));
      expect(seconds.length).toBeGreaterThan(0);
      if (seconds.includes(10 * times)) found += 1;
    }
    expect(found).toBeGreaterThan(32);
  });

  it('is not made of what a chain leaves behind', () => {
    const draw = random(45);
    for (let run = 0; run < 100; run += 1) {
      const lost = 0.5 * draw();
      const periodMs = 5000 + 20_000 * draw();
      const beats =
        run % 2 === 0
          ? clock(draw, { periodMs, jitter: 0.2, lost })
          : renewal(draw, { periodMs, jitter: 0.2, lost });
      expect(find(beats).length).toBeLessThanOrEqual(1);
    }
  });
});

describe('the question whether there is any period', () => {
  it('has the answer of the whole search, at any level', () => {
    const draw = random(21);
    let asked = 0;
    let differs = 0;
    for (let run = 0; run < 300; run += 1) {
      const times = [
        ...renewal(draw, { periodMs: 30_000, jitter: 0.2, lost: 0.4 * draw() }),
        ...arrivals(draw, run % 20),
      ];
      for (const alpha of [0.01, 1e-5]) {
        const answer = hasPeriod({ timesMs: times, exposure }, { alpha });
        const isFound = findPeriods({ timesMs: times, exposure }, { alpha, maxPeriods: 1 }).length > 0;
        if (answer) expect(isFound).toBe(true);
        asked += isFound ? 1 : 0;
        differs += answer === isFound ? 0 : 1;
      }
    }
    expect(asked).toBeGreaterThan(200);
    expect(differs / asked).toBeLessThan(0.01);
  });

  it('has it for beats of which half are lost among as much else, too', () => {
    const draw = random(23);
    const differs: number[] = [];
    let found = 0;
    for (let run = 0; run < 150; run += 1) {
      const beats = { periodMs: 1500 + 20_000 * draw(), jitter: 0.3 * draw(), lost: 0.3 + 0.3 * draw() };
      const kept = run % 2 === 0 ? clock(draw, beats) : renewal(draw, beats);
      const times = [...kept, ...arrivals(draw, Math.round(kept.length * draw()))];
      const isFound = findPeriods({ timesMs: times, exposure }, { alpha: 1e-5, maxPeriods: 1 }).length > 0;
      found += isFound ? 1 : 0;
      if (isFound && !hasPeriod({ timesMs: times, exposure }, { alpha: 1e-5 })) differs.push(times.length);
    }
    expect(found).toBeGreaterThan(75);
    expect(differs).toEqual([]);
  });

  it('is no without events', () => {
    expect(hasPeriod({ timesMs: [], exposure })).toBe(false);
    expect(hasPeriod({ timesMs: regular(9, 1000), exposure: [] })).toBe(false);
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

  it.each([
    ['10^5 of a clock', regular(1e5, 6), exposure],
    ['10^5 at one time', Array.from({ length: 1e5 }, () => 5), exposure],
    [
      '10^5 in ten bursts',
      Array.from({ length: 1e5 }, (_, index) => (index % 10) * 6e4 + index / 1e3),
      exposure,
    ],
    [
      '10^4 that grow apart without end',
      Array.from({ length: 1e4 }, (_, index) => 1.05 ** index).filter(Number.isFinite),
      [{ fromMs: 0, toMs: 1e300 }],
    ],
    [
      '10^4 between as many holes',
      regular(1e4, 60),
      regular(1e4, 60).map((fromMs) => ({ fromMs, toMs: fromMs + 30 })),
    ],
    ['those at both ends of time', [0, 1, 2, 3, 1e300, 1.1e300], [{ fromMs: 0, toMs: 1e301 }]],
  ])('%s are judged in bounded time', (_, timesMs, exposed) => {
    // The suite's limit of 10 s is the bound; a judgement takes a tenth of a second.
    expect(findPeriods({ timesMs, exposure: exposed }).length).toBeLessThanOrEqual(8);
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
