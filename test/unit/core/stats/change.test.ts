import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeBetween } from '../../../../src/core/stats/change.ts';
import { statisticsOf } from '../../../../src/core/measure/statistics.ts';
import type { MeasuredValue } from '../../../../src/model/measurement.ts';
import { normalOf, randomOf } from '../../support/measured-runs.ts';

const value = (low: number, at: number, high: number): MeasuredValue => ({
  value: at,
  interval: { low, high },
});
const RATIO = { by: 'ratio', exceeded: 0.025 } as const;
const POINTS = { by: 'points', exceeded: 0.025 } as const;

describe('changeBetween', () => {
  it('is exact where both are', () => {
    expect(changeBetween([value(200, 200, 200)], [value(210, 210, 210)], RATIO)).toMatchObject({
      value: expect.closeTo(5, 9),
      low: expect.closeTo(5, 9),
      high: expect.closeTo(5, 9),
    });
  });

  it("is Newcombe's interval of two shares (his example: 56/70 against 48/80 lies between 5.2 and 33.4 points)", () => {
    const change = changeBetween([value(49.04, 60, 70.04)], [value(69.18, 80, 87.69)], POINTS);
    expect(change?.value).toBeCloseTo(20, 9);
    expect(change?.low).toBeCloseTo(5.2, 0);
    expect(change?.high).toBeCloseTo(33.4, 0);
  });

  it('takes from each interval the side that faces the other', () => {
    const skewed = changeBetween([value(99, 100, 150)], [value(80, 120, 121)], RATIO);
    const mirrored = changeBetween([value(60, 100, 101)], [value(119, 120, 200)], RATIO);
    expect(skewed?.low).toBeLessThan(0);
    expect(mirrored?.low).toBeGreaterThan(15);
  });

  it('is not known without an interval, and there is no ratio to nothing', () => {
    const exact = value(1, 1, 1);
    expect(changeBetween([{ value: 1, interval: null }], [exact], RATIO)).toBeNull();
    expect(changeBetween([exact, { value: 1, interval: null }], [exact], RATIO)).toBeNull();
    expect(changeBetween([value(0, 0, 0)], [exact], RATIO)).toBeNull();
    expect(changeBetween([value(-1, 1, 2)], [exact], RATIO)).toBeNull();
    expect(changeBetween([], [exact], RATIO)).toBeNull();
    expect(changeBetween([value(0, 0, 2)], [value(0, 1, 3)], POINTS)?.value).toBe(1);
  });

  it('widens by what differs from run to run', () => {
    const steady = [100, 100, 100].map((at) => value(at - 1, at, at + 1));
    const drifting = [90, 100, 111].map((at) => value(at - 1, at, at + 1));
    const after = [109, 110, 111].map((at) => value(at - 1, at, at + 1));
    expect(changeBetween(steady, after, RATIO)?.low).toBeGreaterThan(8);
    expect(changeBetween(drifting, after, RATIO)?.low).toBeLessThan(0);
  });

  it('holds what was seen, and turns round with the sides', () => {
    const known = fc
      .tuple(fc.double({ min: 0.01, max: 1e6, noNaN: true }), fc.double({ min: 0, max: 0.9, noNaN: true }))
      .map(([at, share]) => value(at * (1 - share), at, at * (1 + share)));
    const side = fc.array(known, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(side, side, (before, after) => {
        const change = changeBetween(before, after, POINTS);
        const back = changeBetween(after, before, POINTS);
        const slack = 1e-6 * Math.abs(change?.value ?? 0) + 1e-6;
        expect(change?.low).toBeLessThanOrEqual((change?.value ?? 0) + slack);
        expect(change?.high).toBeGreaterThanOrEqual((change?.value ?? 0) - slack);
        expect(back?.low).toBeCloseTo(-(change?.high ?? Number.NaN), 5);
      }),
    );
  });

  it('seldom finds a change between three runs each of the same that drifts from run to run', () => {
    const random = randomOf(8);
    const normal = normalOf(random);
    const side = (): MeasuredValue[] =>
      Array.from({ length: 3 }, () => {
        const drift = 1 + 0.1 * normal();
        return (
          statisticsOf(Array.from({ length: 50 }, () => drift * (1 + 0.05 * normal()))).statistics.mean ??
          value(0, 0, 0)
        );
      });
    const tries = 1000;
    let found = 0;
    for (let attempt = 0; attempt < tries; attempt += 1)
      if ((changeBetween(side(), side(), { by: 'ratio', exceeded: 0.01 })?.low ?? 1) > 0) found += 1;
    expect(found / tries).toBeLessThanOrEqual(0.02);
  });
});
