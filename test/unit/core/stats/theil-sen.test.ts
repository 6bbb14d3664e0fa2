import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { theilSen, theilSenSlope } from '../../../../src/core/stats/theil-sen.ts';

const line = (count: number, slope: number, bend: (x: number) => number = () => 0) =>
  Array.from({ length: count }, (_, x) => ({ x, y: 3 + slope * x + bend(x) }));

describe('theilSen', () => {
  it('is the slope of a line, exactly', () => {
    expect(theilSen(line(20, 0.5))).toEqual({ slope: 0.5, low: 0.5, high: 0.5 });
  });

  it('is not moved by a quarter of points that are anything', () => {
    const found = theilSen(line(40, 2, (x) => (x % 4 === 0 ? 1e6 * (x % 8) : 0)))!;
    expect(Math.abs(found.slope - 2)).toBeLessThan(1e-9);
  });

  it('says nothing of too few points, or of points at one time', () => {
    expect(theilSen(line(4, 1))).toBeNull();
    expect(theilSen(Array.from({ length: 9 }, (_, y) => ({ x: 1, y })))).toBeNull();
  });

  it('follows the textbook: Kendall’s variance gives the ranks of the interval', () => {
    // Gilbert (1987), Statistical Methods for Environmental Pollution Monitoring, section 16.5: n = 12, 66 slopes.
    const spread = 1.959_964 * Math.sqrt((12 * 11 * 29) / 18);
    const y = [10, 22, 21, 30, 22, 30, 40, 40, 38, 49, 53, 60];
    const slopes = y
      .flatMap((from, x) => y.slice(x + 1).map((to, step) => (to - from) / (step + 1)))
      .sort((a, b) => a - b);
    const found = theilSen(y.map((value, x) => ({ x, y: value })))!;
    expect(found.slope).toBe((slopes[32]! + slopes[33]!) / 2);
    expect(found.low).toBe(slopes[Math.floor((66 - spread) / 2) - 1]);
    expect(found.high).toBe(slopes[Math.ceil((66 + spread) / 2)]);
  });

  it('joins what is more than it can pair, with the same answer', () => {
    const found = theilSen(line(10_000, -0.25))!;
    expect(found.slope).toBeCloseTo(-0.25, 9);
  });

  it('lies in its interval, turns with its points, and does not mind their order', () => {
    const points = fc.array(fc.record({ x: fc.nat(1000), y: fc.integer({ min: -1000, max: 1000 }) }), {
      minLength: 5,
      maxLength: 60,
    });
    fc.assert(
      fc.property(points, (some) => {
        const found = theilSen(some);
        if (found === null) return;
        expect(found.low).toBeLessThanOrEqual(found.slope);
        expect(found.high).toBeGreaterThanOrEqual(found.slope);
        const turned = theilSen(some.map(({ x, y }) => ({ x, y: -y })).toReversed());
        expect(turned!.slope).toBeCloseTo(-found.slope, 9);
      }),
    );
  });
});

describe('theilSenSlope', () => {
  it('is the slope of a line, whatever a quarter of the points say', () => {
    const points = Array.from({ length: 12 }, (_, x) => ({ x, y: x % 5 === 0 ? 1e9 : 3 * x + 7 }));
    expect(theilSenSlope(points)).toBeCloseTo(3);
    expect(theilSenSlope([{ x: 1, y: 1 }])).toBeNaN();
  });
});
