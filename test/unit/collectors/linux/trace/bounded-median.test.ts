import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedMedian } from '../../../../../src/collectors/linux/trace/bounded-median.ts';

function medianOf(values: readonly number[]): number | null {
  const median = new BoundedMedian();
  for (const value of values) median.add(value);
  return median.median;
}

describe('BoundedMedian', () => {
  it('is one of the values', () => {
    expect(medianOf([])).toBeNull();
    expect(medianOf([3])).toBe(3);
    expect(medianOf([5, 1, 4, 2])).toBe(2);
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 1000 }), (values) =>
        values.includes(medianOf(values) ?? Number.NaN),
      ),
    );
  });

  it('comes close for long streams', () => {
    const median = medianOf(Array.from({ length: 100_000 }, (_, index) => index % 1000));
    expect(median).toBeGreaterThan(350);
    expect(median).toBeLessThan(650);
  });
});
