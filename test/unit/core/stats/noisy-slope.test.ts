import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LEAST_POINTS, slopeInNoise } from '../../../../src/core/stats/noisy-slope.ts';
import { normalQuantile, studentQuantile } from '../../../../src/core/stats/distribution-quantiles.ts';
import { seeded } from '../../support/noise.ts';

const pointsOf = (values: readonly number[]): { x: number; y: number }[] => values.map((y, x) => ({ x, y }));

describe('quantiles', () => {
  it('agree with tables', () => {
    expect(normalQuantile(0.025)).toBeCloseTo(1.96, 2);
    expect(normalQuantile(0.005)).toBeCloseTo(2.576, 2);
    expect(studentQuantile(0.005, 8)).toBeCloseTo(3.355, 1);
    expect(studentQuantile(0.005, 28)).toBeCloseTo(2.763, 2);
  });
});

describe('slopeInNoise', () => {
  it('is exact for a line, and for nothing at all', () => {
    expect(slopeInNoise(pointsOf(Array.from({ length: 20 }, (_, x) => 3 * x)), 0.01)).toMatchObject({
      slope: 3,
      low: 3,
      high: 3,
    });
    expect(slopeInNoise(pointsOf(Array.from({ length: 20 }, () => 7)), 0.01)).toMatchObject({
      slope: 0,
      low: 0,
      high: 0,
    });
  });

  it('says nothing of too few points', () => {
    expect(slopeInNoise(pointsOf(Array.from({ length: LEAST_POINTS - 1 }, (_, x) => x)), 0.01)).toBeNull();
  });

  it('does not take a step for a slope, wherever it is', () => {
    for (let step = 1; step < 60; step += 1) {
      const found = slopeInNoise(pointsOf(Array.from({ length: 60 }, (_, x) => (x < step ? 0 : 5e6))), 0.01);
      expect(found?.low, `step at ${step}`).toBeLessThanOrEqual(0);
    }
  });

  it('finds a slope that stands out of independent noise', () => {
    const noise = seeded(1);
    const found = slopeInNoise(
      pointsOf(Array.from({ length: 60 }, (_, x) => 0.2 * x + noise.normal())),
      0.01,
    );
    expect(found?.low).toBeGreaterThan(0);
    expect(found?.riseBeyond(0)).toBeGreaterThan(2.6);
    expect(found?.riseBeyond(0.2)).toBeLessThan(2.6);
  });

  it('joins very many points, and turns with them', () => {
    const noise = seeded(2);
    const values = Array.from({ length: 5000 }, (_, x) => x + 100 * noise.normal());
    const found = slopeInNoise(pointsOf(values), 0.01)!;
    expect(found.points).toHaveLength(200);
    expect(Math.abs(found.slope - 1)).toBeLessThan(0.01);
    const turned = slopeInNoise(pointsOf(values.map((value) => -value)), 0.01)!;
    expect(turned.slope).toBeCloseTo(-found.slope, 9);
    expect(turned.low).toBeCloseTo(-found.high, 6);
  });

  it('lies in its interval, whatever the values', () => {
    const values = fc.array(fc.integer({ min: -1000, max: 1000 }), {
      minLength: LEAST_POINTS,
      maxLength: 80,
    });
    fc.assert(
      fc.property(values, (some) => {
        const found = slopeInNoise(pointsOf(some), 0.01)!;
        expect(found.low).toBeLessThanOrEqual(found.slope);
        expect(found.high).toBeGreaterThanOrEqual(found.slope);
        expect(Number.isFinite(found.low) && Number.isFinite(found.high)).toBe(true);
      }),
    );
  });
});

/** Each value keeps a share of the one before: 0 independent, 1 a level that wanders for good. */
describe.each([0, 0.5, 0.9, 0.97, 1])('noise that keeps %d of what it was', (kept) => {
  it.each([12, 30, 60, 300])('seldom seems to rise beyond alpha in %d readings', (count) => {
    const noise = seeded(kept * 1000 + count);
    const runs = 300;
    let risen = 0;
    for (let run = 0; run < runs; run += 1) {
      const found = slopeInNoise(pointsOf(noise.wandering(count, kept)), 0.05)!;
      if (found.low > 0 && found.riseBeyond(0) >= normalQuantile(0.025)) risen += 1;
    }
    // 5 % of the runs are 15; three standard deviations of chance more are 26.
    expect(risen).toBeLessThanOrEqual(26);
  });
});
