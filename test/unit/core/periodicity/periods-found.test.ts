import { describe, expect, it } from 'vitest';
import { findPeriods } from '../../../../src/core/periodicity/periods.ts';
import { arrivals, clock, exposure, find, random, regular, renewal } from './series.ts';

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

  it('is claimed for random arrivals in whole seconds, which lie on a grid', () => {
    const draw = random(13);
    let alarms = 0;
    for (let run = 0; run < 200; run += 1) {
      const times = arrivals(draw, 120).map((atMs) => Math.floor(atMs / 1000) * 1000);
      alarms += findPeriods({ timesMs: times, exposure }, { resolutionMs: 1000 }).length > 0 ? 1 : 0;
    }
    expect(alarms).toBeLessThanOrEqual(6);
  });

  it('is claimed for random arrivals between many holes', () => {
    const draw = random(14);
    const seen = regular(20, 30_000).map((fromMs) => ({ fromMs, toMs: fromMs + 15_000 }));
    let alarms = 0;
    for (let run = 0; run < 200; run += 1) {
      alarms += findPeriods({ timesMs: arrivals(draw, 60), exposure: seen }).length > 0 ? 1 : 0;
    }
    expect(alarms).toBeLessThanOrEqual(6);
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

  it('a clock is found of which every second stretch is unseen', () => {
    const seen = regular(20, 30_000).map((fromMs) => ({ fromMs, toMs: fromMs + 15_000 }));
    const draw = random(15);
    let found = 0;
    for (let run = 0; run < 50; run += 1) {
      const timesMs = clock(draw, { periodMs: 47_000, jitter: 0.05 });
      const [first] = findPeriods({ timesMs, exposure: seen });
      if (first === undefined) continue;
      found += 1;
      expect(first.missed).toBeLessThanOrEqual(2);
    }
    expect(found / 50).toBeGreaterThanOrEqual(0.8);
  });

  it('a chain that begins late or ends early is found among random arrivals', () => {
    const draw = random(16);
    let found = 0;
    for (let run = 0; run < 100; run += 1) {
      const half = renewal(draw, { periodMs: 30_000, jitter: 0.1, windowMs: 300_000 });
      const timesMs = [...half.map((atMs) => atMs + (run % 2) * 300_000), ...arrivals(draw, 10)];
      found += find(timesMs).length > 0 ? 1 : 0;
    }
    expect(found / 100).toBeGreaterThanOrEqual(0.65);
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
