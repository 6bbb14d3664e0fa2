import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialTransient } from '../../../../src/core/derive/steady-state.ts';
import { random } from '../periodicity/series.ts';

const repeated = (count: number, value: number): number[] => Array.from({ length: count }, () => value);
const decay = (level: number, factor: number, count = 30): number[] =>
  Array.from({ length: count }, (_, index) => level + factor * Math.exp(-index / 3));

describe('initialTransient', () => {
  it('finds where a level has died down', () => {
    const found = initialTransient(decay(1, 20));
    expect(found?.isOpen).toBe(false);
    expect(found?.length).toBeGreaterThanOrEqual(4);
    expect(found?.after).toBeLessThan(3);
    expect(found?.before).toBeGreaterThan(5);
  });

  it('says when it was falling to the end', () => {
    expect(initialTransient(Array.from({ length: 20 }, (_, index) => 40 - 2 * index))?.isOpen).toBe(true);
  });

  it('takes neither a steady level, nor a rising one, nor a single burst for a transient', () => {
    expect(initialTransient(repeated(30, 5))).toBeNull();
    expect(initialTransient(repeated(30, 0))).toBeNull();
    expect(initialTransient(Array.from({ length: 30 }, (_, index) => index))).toBeNull();
    expect(initialTransient([90, ...repeated(29, 1)])).toBeNull();
  });

  it('says nothing of a few values', () => {
    expect(initialTransient([9, 8, 7, 3, 1, 1, 1, 1, 1])).toBeNull();
  });

  it('rarely finds one in random bursts', () => {
    const draw = random(7);
    let found = 0;
    for (let run = 0; run < 1000; run += 1) {
      const bursts = Array.from({ length: 30 }, () => (draw() < 0.3 ? -Math.log(draw()) : 0));
      if (initialTransient(bursts) !== null) found += 1;
    }
    expect(found).toBeLessThan(30);
  });

  it('does not depend on the unit', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 10, maxLength: 60 }),
        fc.constantFrom(2, 1024),
        (values, scale) =>
          initialTransient(values)?.length === initialTransient(values.map((value) => value * scale))?.length,
      ),
    );
  });
});
