import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fourier } from '../../../../src/core/periodicity/fourier.ts';
import { runningMedian } from '../../../../src/core/periodicity/running-median.ts';

const values = (length: number) =>
  fc.array(fc.integer({ min: -9, max: 9 }), { minLength: length, maxLength: length });

describe('the transform', () => {
  it('is the sum over all points', () => {
    fc.assert(
      fc.property(fc.constantFrom(2, 8, 32).chain(values), (input) => {
        const re = Float64Array.from(input);
        const im = new Float64Array(input.length);
        fourier(re, im);
        for (let k = 0; k < input.length; k += 1) {
          let a = 0;
          let b = 0;
          for (const [index, value] of input.entries()) {
            a += value * Math.cos((2 * Math.PI * index * k) / input.length);
            b += value * Math.sin((2 * Math.PI * index * k) / input.length);
          }
          expect(re[k]).toBeCloseTo(a, 9);
          expect(im[k]).toBeCloseTo(b, 9);
        }
      }),
    );
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
