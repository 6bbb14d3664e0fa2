import { describe, expect, it } from 'vitest';
import { collapseBursts, without } from '../../../../src/core/periodicity/collapse.ts';
import { mergeExposure, placeEvents } from '../../../../src/core/periodicity/exposure.ts';
import { arrivals, random } from './series.ts';

const exposure = [{ fromMs: 0, toMs: 600_000 }];
const collapse = (timesMs: number[]) => collapseBursts(placeEvents(timesMs, exposure), 0.001);

describe('the exposure', () => {
  it('is merged where spans overlap or touch; empty ones are left out', () => {
    const spans = [
      { fromMs: 50, toMs: 60 },
      { fromMs: 0, toMs: 10 },
      { fromMs: 10, toMs: 20 },
      { fromMs: 55, toMs: 58 },
      { fromMs: 90, toMs: 80 },
      { fromMs: Number.NaN, toMs: 5 },
    ];
    expect(mergeExposure(spans)).toEqual([
      { fromMs: 0, toMs: 20 },
      { fromMs: 50, toMs: 60 },
    ]);
  });

  it('has at most 500 spans, the longest', () => {
    const spans = Array.from({ length: 800 }, (_, index) => ({
      fromMs: index * 1000,
      toMs: index * 1000 + 100 + ((index * 7) % 800),
    }));
    const merged = mergeExposure(spans);
    expect(merged).toHaveLength(500);
    expect(merged).toEqual(merged.toSorted((a, b) => a.fromMs - b.fromMs));
    expect(Math.min(...merged.map(({ fromMs, toMs }) => toMs - fromMs))).toBe(400);
  });

  it('holds its events, with the exposed time before each', () => {
    const placed = placeEvents(
      [95, 3, 30, 12, 10],
      [
        { fromMs: 0, toMs: 10 },
        { fromMs: 90, toMs: 100 },
      ],
    );
    expect([...placed.timesMs]).toEqual([3, 10, 95]);
    expect([...placed.stretch]).toEqual([0, 0, 1]);
    expect([...placed.exposedMs]).toEqual([3, 10, 15]);
  });
});

describe('bursts', () => {
  it('leave their first event', () => {
    const starts = arrivals(random(2), 30).toSorted((a, b) => a - b);
    const apart = starts.filter((atMs, index) => index === 0 || atMs - (starts[index - 1] as number) > 4000);
    const { timesMs } = collapse(apart.flatMap((atMs) => [atMs, atMs + 150, atMs + 300, atMs + 500]));
    expect([...timesMs]).toEqual(apart);
  });

  it('are not seen in random arrivals: few are lost', () => {
    const counts = Array.from(
      { length: 51 },
      (_, seed) => collapse(arrivals(random(seed), 200)).timesMs.length,
    );
    expect(counts.toSorted((a, b) => a - b)[10]).toBeGreaterThan(180);
    const { timesMs, deadTimeMs } = collapse(arrivals(random(3), 200));
    for (let index = 1; index < timesMs.length; index += 1) {
      expect((timesMs[index] as number) - (timesMs[index - 1] as number)).toBeGreaterThanOrEqual(deadTimeMs);
    }
  });

  it('a clock loses none', () => {
    const times = Array.from({ length: 50 }, (_, index) => index * 1000);
    expect(collapse(times).timesMs).toHaveLength(50);
  });

  it('what is taken out is gone from all columns', () => {
    const rest = without(placeEvents([10, 20, 30], exposure), [1]);
    expect([...rest.timesMs]).toEqual([10, 30]);
    expect([...rest.exposedMs]).toEqual([10, 30]);
    expect([...rest.stretch]).toEqual([0, 0]);
  });
});
