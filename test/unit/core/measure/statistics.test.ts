import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanInterval, meanOf } from '../../../../src/core/measure/mean-interval.ts';
import { quantile } from '../../../../src/core/measure/quantile.ts';
import { quantileInterval } from '../../../../src/core/measure/quantile-interval.ts';
import { rateOf } from '../../../../src/core/measure/rate.ts';
import { shareOf } from '../../../../src/core/measure/share-interval.ts';
import { statisticsOf } from '../../../../src/core/measure/statistics.ts';

const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 200 });
const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });

/** A seeded source of numbers in [0, 1); mulberry32. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('a quantile', () => {
  it('is a value that was measured, and at least the share of them is not above it', () => {
    fc.assert(
      fc.property(values, share, (given, of) => {
        const sorted = given.toSorted((a, b) => a - b);
        const found = quantile(sorted, of);
        expect(given).toContain(found);
        const upTo = given.filter((value) => value <= found).length;
        const below = given.filter((value) => value < found).length;
        expect(upTo / given.length).toBeGreaterThanOrEqual(of - 1e-9);
        expect(below / given.length).toBeLessThan(of + 1e-9);
      }),
    );
  });

  it('is by nearest rank', () => {
    const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
    expect([0.5, 0.9, 0.95, 0.99, 1].map((of) => quantile(ten, of))).toEqual([5, 9, 10, 10, 10]);
    expect(() => quantile([], 0.5)).toThrow('no values');
  });
});

describe('the interval of a quantile', () => {
  const count = (n: number): number[] => Array.from({ length: n }, (_, index) => index + 1);

  it('is null where there are too few values to tell', () => {
    expect(quantileInterval(count(5), 0.5)).toBeNull();
    // 1 - 2 / 2^6 = 0.969
    expect(quantileInterval(count(6), 0.5)).toEqual({ low: 1, high: 6 });
    expect(quantileInterval(count(71), 0.95)).toBeNull();
    expect(quantileInterval(count(72), 0.95)).not.toBeNull();
    // The ranks that the tables give for the median of 25 values.
    expect(quantileInterval(count(25), 0.5)).toEqual({ low: 8, high: 18 });
  });

  it('lies around the quantile', () => {
    fc.assert(
      fc.property(values, share, (given, of) => {
        const sorted = given.toSorted((a, b) => a - b);
        const interval = quantileInterval(sorted, of);
        if (interval === null) return;
        const found = quantile(sorted, of);
        expect(interval.low).toBeLessThanOrEqual(found);
        expect(interval.high).toBeGreaterThanOrEqual(found);
      }),
    );
  });

  it.each([
    [0.5, 50, 0.5],
    [0.95, 200, 0.95],
  ])('of %d of %d values holds the true one at least 95 times of 100', (of, n) => {
    const random = randomOf(1);
    const rounds = 2_000;
    let held = 0;
    for (let round = 0; round < rounds; round += 1) {
      const sorted = Float64Array.from({ length: n }, random).sort();
      const { low, high } = quantileInterval(sorted, of) ?? { low: 2, high: 2 };
      if (low <= of && of <= high) held += 1;
    }
    expect(held / rounds).toBeGreaterThan(0.94);
  });
});

describe('the interval of a mean', () => {
  it('holds the true one 95 times of 100, also of a skewed distribution', () => {
    const random = randomOf(2);
    const rounds = 2_000;
    let held = 0;
    for (let round = 0; round < rounds; round += 1) {
      const given = Array.from({ length: 40 }, () => -Math.log(1 - random()));
      const { low, high } = meanInterval(given) ?? { low: 2, high: 2 };
      if (low <= 1 && 1 <= high) held += 1;
    }
    expect(held / rounds).toBeGreaterThan(0.91);
    expect(held / rounds).toBeLessThan(0.98);
  });

  it('is not told of fewer than 20 values, and is exact for equal ones', () => {
    expect(meanInterval(Array.from({ length: 19 }, () => 3))).toBeNull();
    expect(meanInterval(Array.from({ length: 20 }, () => 3))).toEqual({ low: 3, high: 3 });
    expect(meanOf([1, 2, 6])).toBe(3);
  });

  it('is as wide as Student says', () => {
    // 0 to 20, t of 20 degrees is 2.086, standard deviation 6.2048.
    const { low, high } = meanInterval(Array.from({ length: 21 }, (_, index) => index)) ?? {
      low: 0,
      high: 0,
    };
    expect((high - low) / 2).toBeCloseTo((2.086 * 6.2048) / Math.sqrt(21), 3);
  });
});

describe('a share', () => {
  it('has an interval in which it lies, between 0 and 100 percent', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.nat(1e6), (part, rest) => {
        fc.pre(part + rest > 0);
        const { value, interval } = shareOf(part, part + rest) ?? { value: -1, interval: null };
        expect(interval?.low).toBeGreaterThanOrEqual(0);
        expect(interval?.high).toBeLessThanOrEqual(100);
        expect(interval?.low).toBeLessThanOrEqual(value);
        expect(interval?.high).toBeGreaterThanOrEqual(value);
      }),
    );
  });

  it('of none is not certain to be none', () => {
    const { value, interval } = shareOf(0, 100) ?? { value: -1, interval: null };
    expect(value).toBe(0);
    expect(interval?.low).toBe(0);
    // Wilson: z² / (n + z²)
    expect(interval?.high).toBeCloseTo(3.6995, 3);
    expect(shareOf(0, 0)).toBeNull();
  });
});

describe('a rate', () => {
  it('has an interval that its 20 parts give', () => {
    const steady = rateOf(
      400,
      4,
      Array.from({ length: 400 }, () => 1),
    );
    expect(steady).toEqual({ value: 100, interval: { low: 100, high: 100 } });
    const uneven = rateOf(
      200,
      4,
      Array.from({ length: 200 }, () => 1),
    );
    expect(uneven.value).toBe(50);
    expect(uneven.interval?.low).toBeLessThan(40);
    expect(uneven.interval?.high).toBeGreaterThan(60);
  });

  it('of a short time has none, and of no time is unknown', () => {
    expect(rateOf(100, 1, []).interval).toBeNull();
    expect(rateOf(0, 0, []).value).toBeNaN();
  });
});

describe('statistics', () => {
  it('of nothing are nothing, never 0', () => {
    expect(statisticsOf([])).toEqual({ count: 0, statistics: {} });
  });

  it('are in order, and leave the values alone', () => {
    fc.assert(
      fc.property(values, (given) => {
        const copy = [...given];
        const { count, statistics } = statisticsOf(given);
        expect(count).toBe(given.length);
        expect(given).toEqual(copy);
        const order = (['min', 'p50', 'p90', 'p95', 'p99', 'max'] as const).map(
          (name) => statistics[name]?.value ?? Number.NaN,
        );
        expect(order).toEqual(order.toSorted((a, b) => a - b));
      }),
    );
  });
});
