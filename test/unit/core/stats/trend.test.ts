import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { middle, robustDeviation } from '../../../../src/core/stats/robust.ts';
import { mannKendall, theilSenSlope, varianceInflation } from '../../../../src/core/stats/trend.ts';

describe('robust statistics', () => {
  it('take the middle, and the scatter about it', () => {
    expect(middle([3, 1, 2])).toBe(2);
    expect(middle([4, 1, 2, 3])).toBe(2.5);
    expect(middle([])).toBeNaN();
    expect(robustDeviation([1, 1, 2, 2, 4, 6, 9])).toBeCloseTo(1.4826);
    expect(robustDeviation([5, 5, 5, 5, 900])).toBe(0);
  });
});

describe('theilSenSlope', () => {
  it('is the slope of a line, whatever a quarter of the points say', () => {
    const points = Array.from({ length: 12 }, (_, x) => ({ x, y: x % 5 === 0 ? 1e9 : 3 * x + 7 }));
    expect(theilSenSlope(points)).toBeCloseTo(3);
    expect(theilSenSlope([{ x: 1, y: 1 }])).toBeNaN();
  });
});

describe('mannKendall', () => {
  it('agrees with values worked out by hand', () => {
    // n = 10, all rise: S = 45, variance 10·9·25/18 = 125, z = 44/√125.
    expect(mannKendall([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toBeCloseTo(44 / Math.sqrt(125));
    // Ties of 2 and 3: S = 8, variance (5·4·15 − 2·1·9 − 3·2·11)/18 = 12.
    expect(mannKendall([1, 1, 2, 2, 2])).toBeCloseTo(5 / Math.sqrt(12));
    expect(mannKendall([7, 7, 7])).toBe(0);
  });

  it('turns its sign when the order is turned round', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 30 }), (values) => {
        expect(mannKendall(values.toReversed())).toBeCloseTo(-mannKendall(values));
      }),
    );
  });
});

describe('varianceInflation', () => {
  it('is 1 for values that do not depend on each other, and large for a level that wanders', () => {
    expect(varianceInflation([1, -1, 1, -1, 1, -1, 1, -1])).toBe(1);
    expect(varianceInflation([0, 0, 0, 0, 0, 0])).toBe(1);
    expect(varianceInflation([1, 2])).toBe(1);
    const slow = Array.from({ length: 24 }, (_, index) => Math.sin((2 * Math.PI * index) / 24));
    expect(varianceInflation(slow)).toBeCloseTo(19);
    expect(mannKendall([1, 2, 3, 4, 5], 4)).toBeCloseTo(mannKendall([1, 2, 3, 4, 5]) / 2);
  });
});
