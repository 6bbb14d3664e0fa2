import { describe, expect, it } from 'vitest';
import { medianOf, middle, robustDeviation } from '../../../../src/core/stats/robust.ts';

describe('robust statistics', () => {
  it('take the middle, and the scatter about it', () => {
    expect(middle([3, 1, 2])).toBe(2);
    expect(middle([4, 1, 2, 3])).toBe(2.5);
    expect(middle([])).toBeNaN();
    expect(robustDeviation([1, 1, 2, 2, 4, 6, 9])).toBeCloseTo(1.4826);
    expect(robustDeviation([5, 5, 5, 5, 900])).toBe(0);
  });
});

describe('medianOf', () => {
  it.each([
    [[], null],
    [[3], 3],
    [[4, 1], 2.5],
    [[10, 9, 100], 10],
  ])('%j', (values, median) => expect(medianOf(values)).toBe(median));
});
