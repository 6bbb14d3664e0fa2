import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mannKendall, varianceInflation } from '../../../../src/core/stats/mann-kendall.ts';

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
