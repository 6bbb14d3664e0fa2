import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seriesOf } from '../../../../src/core/periodicity/evidence.ts';
import { placeEvents } from '../../../../src/core/periodicity/exposure.ts';
import { harmonicCandidates, harmonicEvidence } from '../../../../src/core/periodicity/harmonic-evidence.ts';
import { upperMedian } from '../../../../src/core/periodicity/upper-median.ts';
import type { Series } from '../../../../src/core/periodicity/series.ts';
import { POINTS, spectrum, whitened } from '../../../../src/core/periodicity/spectrum.ts';
import { Whitening } from '../../../../src/core/periodicity/whitening.ts';
import { anySeries } from './any-series.ts';
import { random } from './series.ts';

const always = (): boolean => true;

function normalised({ timesMs, exposure, resolutionMs }: ReturnType<typeof anySeries>): Series | null {
  return seriesOf(placeEvents(timesMs, exposure), exposure, resolutionMs)?.series ?? null;
}

describe('the H-test that divides out coloured noise only where that can matter', () => {
  it('finds what it finds where coloured noise is divided out everywhere', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 4, max: 4000 }), (seed, count) => {
        const series = normalised(anySeries(random(seed), count));
        if (series === null) return;
        const { h, period } = harmonicEvidence(series, always);
        const [main, best] = harmonicCandidates(series);
        expect(period).toBe(main ?? null);
        if (main === undefined || best === undefined) return;
        const span = series.positions[series.count - 1] ?? 0;
        const top = 2 * Math.min(Math.floor((span / Math.max(0.4, 2.5 * series.deadTime)) * POINTS), 29_500);
        const power = whitened(spectrum(series, top));
        let score = 0;
        let sum = 0;
        for (let harmonic = 1; harmonic <= 4; harmonic += 1) {
          sum += power[harmonic * Math.round((span * POINTS) / best)] ?? Number.NEGATIVE_INFINITY;
          score = Math.max(score, sum - 4 * (harmonic - 1));
        }
        expect(h).toBe(score);
        compared += 1;
      }),
      { numRuns: 150 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  it('knows the power of each point that it is asked for, of few and of many', () => {
    const draw = random(7);
    const coloured = Float64Array.from({ length: 5000 }, (_, index) => (draw() * 5000) / (1 + index));
    const whole = whitened(coloured);
    const whitening = new Whitening(coloured);
    for (let asked = 0; asked < 4500; asked += 1) {
      const index = Math.floor(draw() * 5200);
      whitening.tell(index);
      expect(whitening.power[index]).toBe(whole[index]);
    }
  });
});

describe('the median', () => {
  it('is what lies in the middle of the sorted values', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 })), (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        expect(upperMedian(values)).toBe(sorted[sorted.length >> 1] ?? 0);
        expect(upperMedian(Float64Array.from(values))).toBe(sorted[sorted.length >> 1] ?? 0);
      }),
    );
  });
});
