import { describe, expect, it } from 'vitest';
import { CHAIN_MODELS } from '../../../../src/core/periodicity/chain-model.ts';
import { contrast, pairGaps } from '../../../../src/core/periodicity/pair-gaps.ts';
import type { Segment } from '../../../../src/core/periodicity/series.ts';
import { arrivals, random, renewal } from './series.ts';

/** Events on the scale of their mean gap, cut at some places. */
function segmentsOf(timesMs: readonly number[], windowMs: number, ...cuts: readonly number[]): Segment[] {
  const gapMs = windowMs / timesMs.length;
  const sorted = timesMs.toSorted((a, b) => a - b);
  const edges = [0, ...cuts, windowMs];
  return edges.slice(1).map((toMs, index) => {
    const fromMs = edges[index] as number;
    const own = sorted.filter((atMs) => atMs >= fromMs && atMs < toMs);
    const x = Float64Array.from(own, (atMs) => (atMs - fromMs) / gapMs);
    return { x, decay: new Float64Array(x.length), length: (toMs - fromMs) / gapMs, first: 0, rate: 1 };
  });
}

const windowMs = 600_000;
const models = [...CHAIN_MODELS.values()].flat();

/** The period and jitter with the highest contrast, of all that are tried. */
function highest(segments: readonly Segment[]): { period: number; height: number } {
  const gaps = pairGaps(segments);
  return models
    .map(({ period, jitter }) => ({ period, height: contrast(gaps, period, jitter) }))
    .reduce((best, one) => (one.height > best.height ? one : best));
}

const sum = (numbers: Float64Array): number => numbers.reduce((all, one) => all + one, 0);

describe('gaps of all pairs', () => {
  it('are as many as random arrivals of their rate have', () => {
    const { seen, expected } = pairGaps(segmentsOf(arrivals(random(1), 3000), windowMs));
    // Those below the first bin are not expected.
    expect(sum(seen.subarray(0, expected.length)) / sum(expected)).toBeCloseTo(1, 1);
  });

  it('are counted once each, at any distance that is counted', () => {
    const [whole] = segmentsOf([0, 1000, 4000], 4001);
    expect(sum(pairGaps([whole as Segment]).seen)).toBe(3);
    const far = { x: new Float64Array([0, 41]), decay: new Float64Array(2), length: 42, first: 0, rate: 1 };
    expect(sum(pairGaps([far]).seen)).toBe(0);
  });

  it('do not reach across a hole', () => {
    const { seen } = pairGaps(segmentsOf([0, 1000, 2000, 3000], 3001, 1500));
    expect(sum(seen)).toBe(2);
  });

  it('of nothing, of one event and of a stretch without length are none', () => {
    const empty = { x: new Float64Array(), decay: new Float64Array(), length: 0, first: 0, rate: 1 };
    const one = { x: new Float64Array(1), decay: new Float64Array(1), length: 0, first: 0, rate: 1 };
    const gaps = pairGaps([empty, one]);
    expect(sum(gaps.seen)).toBe(0);
    expect(models.every(({ period, jitter }) => contrast(gaps, period, jitter) === 0)).toBe(true);
  });
});

describe('contrast', () => {
  it.each([
    ['a chain of a fifth of the events', 0.2, 0.1],
    ['a chain of a third of them with a jitter of ± 20 %', 0.33, 0.2],
    ['a chain with little noise', 0.8, 0.33],
  ])('is highest at the period of %s', (_, share, jitter) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const draw = random(seed);
      const periodMs = windowMs / (1200 * share);
      const timesMs = [...renewal(draw, { periodMs, jitter }), ...arrivals(draw, 1200 * (1 - share))];
      const { period, height } = highest(segmentsOf(timesMs, windowMs, 300_000));
      expect(height).toBeGreaterThan(4);
      expect(Math.abs(Math.log((period * windowMs) / timesMs.length / periodMs))).toBeLessThan(0.15);
    }
  });

  it('of random arrivals is nowhere high', () => {
    for (const seed of [1, 2, 3, 4, 5])
      expect(highest(segmentsOf(arrivals(random(seed), 1500), windowMs)).height).toBeLessThan(5.5);
  });

  it('is not raised by a rate that changes', () => {
    const draw = random(9);
    const timesMs = arrivals(draw, 2000).filter((atMs) => draw() < atMs / windowMs);
    expect(highest(segmentsOf(timesMs, windowMs)).height).toBeLessThan(5.5);
  });
});
