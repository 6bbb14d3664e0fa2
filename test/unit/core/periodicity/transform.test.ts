import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transformCounts } from '../../../../src/core/periodicity/fourier.ts';
import { runningMedian } from '../../../../src/core/periodicity/running-median.ts';

describe('the transform of counts', () => {
  it('is the sum over all bins', () => {
    const inputs = fc.constantFrom(4, 8, 16, 32, 64).chain((size) =>
      fc.record({
        size: fc.constant(size),
        bins: fc.array(fc.integer({ min: 0, max: size - 1 }), { maxLength: 40 }),
      }),
    );
    fc.assert(
      fc.property(inputs, ({ size, bins }) => {
        const { re, im } = transformCounts(Uint32Array.from(bins), size);
        expect([re.length, im.length]).toEqual([size / 2, size / 2]);
        for (let k = 0; k < size / 2; k += 1) {
          const angles = bins.map((bin) => (2 * Math.PI * bin * k) / size);
          expect(re[k]).toBeCloseTo(
            angles.reduce((sum, angle) => sum + Math.cos(angle), 0),
            9,
          );
          expect(im[k]).toBeCloseTo(
            angles.reduce((sum, angle) => sum + Math.sin(angle), 0),
            9,
          );
        }
      }),
    );
  });

  it('stays as it is when others of the same size are made', () => {
    const first = transformCounts(Uint32Array.of(1, 5, 5), 8);
    const before = structuredClone(first);
    transformCounts(Uint32Array.of(2, 3), 8);
    expect(first).toEqual(before);
  });
});

describe('a running median', () => {
  it('is the median of each neighbourhood', () => {
    const inputs = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(inputs, fc.integer({ min: 0, max: 6 }), (input, reach) => {
        const expected = input.map((_, at) => {
          const near = input.slice(Math.max(0, at - reach), at + reach + 1).toSorted((a, b) => a - b);
          return near[near.length >> 1];
        });
        expect([...runningMedian(Float64Array.from(input), reach)]).toEqual(expected);
      }),
    );
  });
});
