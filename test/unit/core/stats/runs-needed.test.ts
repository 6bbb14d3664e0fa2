import { describe, expect, it } from 'vitest';
import { statisticsOf } from '../../../../src/core/measure/statistics.ts';
import type { MeasuredValue } from '../../../../src/model/measurement.ts';
import { type Change, changeBetween } from '../../../../src/core/stats/change.ts';
import { MOST_RUNS, runsNeeded } from '../../../../src/core/stats/runs-needed.ts';
import { normalOf, randomOf } from '../../support/measured-runs.ts';

const EXCEEDED = 0.01;
const LIMITS = { by: 'ratio', exceeded: EXCEEDED, worse: 1, allowance: 1, tolerance: 10 } as const;

/** Medians of runs that differ from each other by 5 %, each of a hundred values. */
function runsOf(count: number, level: number, normal: () => number): MeasuredValue[] {
  return Array.from({ length: count }, () => {
    const own = level * (1 + 0.05 * normal());
    const values = Array.from({ length: 100 }, () => own * (1 + 0.1 * normal()));
    return statisticsOf(values).statistics.p50 as MeasuredValue;
  });
}

const change = (count: number, level: number, normal: () => number): Change => {
  const found = changeBetween(runsOf(count, 1, normal), runsOf(count, level, normal), LIMITS);
  if (found === null) throw new Error('there is no change');
  return found;
};

describe('runs that would tell', () => {
  it.each([
    ['the same', 1, 1, ({ value, high }: Change) => value <= 1 && high <= 10],
    ['what is 10 % worse', 1.1, 1, ({ low }: Change) => low > 1],
    ['a rate that is 10 % worse', 0.9, -1, ({ high }: Change) => high < -1],
  ] as const)('tell %s, more often than not', (_, level, worse, isTold) => {
    const normal = normalOf(randomOf(7));
    const limits = { ...LIMITS, worse };
    const counts = Array.from(
      { length: 60 },
      () => runsNeeded(change(3, level, normal), [3, 3], limits) ?? 0,
    );
    const asked = counts.filter((count) => count > 0);
    expect(asked.length).toBeGreaterThan(40);
    const told = asked.filter((count) => isTold(change(count, level, normal)));
    expect(told.length / asked.length).toBeGreaterThan(0.5);
  });

  it('are more where there is more noise, and less room, and no fewer than there are', () => {
    const of = (half: number, tolerance: number) =>
      runsNeeded({ value: 3, low: 3 - half, high: 3 + half, reach: 2.3 }, [3, 3], {
        ...LIMITS,
        by: 'points',
        tolerance,
      }) ?? Infinity;
    const counts = [1, 6, 12, 18, 60].map((half) => of(half, 10));
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts[0]).toBe(4);
    expect(of(6, 10)).toBeLessThan(of(6, 4));
    expect(MOST_RUNS).toBe(99);
    expect(counts.at(-1)).toBe(Infinity);
  });

  it('rest on the noise, and not on what was seen in it', () => {
    const of = (value: number) =>
      runsNeeded({ value, low: value - 8, high: value + 8, reach: 2.3 }, [3, 3], { ...LIMITS, by: 'points' });
    expect(of(1.1)).toBe(of(-3));
  });
});
