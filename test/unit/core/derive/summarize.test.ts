import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { METRICS, type Metric } from '../../../../src/core/derive/metrics.ts';
import { proofTime } from '../../../../src/core/derive/proof-time.ts';
import type { Series } from '../../../../src/core/derive/metric-series.ts';
import { summarize } from '../../../../src/core/derive/summarize.ts';

/** Points of so many looks, one second each. */
function seriesOf(name: string, points: readonly { value: number; looks: number }[]): Series {
  let fromMs = 0;
  return {
    metric: METRICS.get(name) as Metric,
    points: points.map(({ value, looks }) => {
      const point = { fromMs, toMs: fromMs + looks * 1000, looks, value };
      fromMs = point.toMs;
      return point;
    }),
    lowerBound: false,
    uncounted: null,
    isLost: false,
    missing: null,
  };
}

describe('summarize', () => {
  const cpu = seriesOf('cpu.percent', [
    { value: 0, looks: 90 },
    { value: 10, looks: 6 },
    { value: 100, looks: 4 },
  ]);

  it.each([
    ['mean', 4.6],
    ['max', 100],
    ['min', 0],
    ['p50', 0],
    ['p90', 0],
    ['p95', 10],
    ['p99', 100],
  ] as const)('%s weighs a quiet stretch by its looks', (aggregate, value) => {
    expect(summarize(cpu, aggregate)).toBeCloseTo(value, 9);
  });

  it('adds amounts, and takes the difference of levels', () => {
    const points = [
      { value: 30, looks: 1 },
      { value: 10, looks: 4 },
    ];
    const bytes = seriesOf('io.readBytes', points);
    expect([summarize(bytes, 'sum'), summarize(bytes, 'delta'), summarize(bytes, 'rate')]).toEqual([
      40, 40, 8,
    ]);
    const memory = seriesOf('memory.pss', points);
    expect([summarize(memory, 'delta'), summarize(memory, 'rate')]).toEqual([-20, -4]);
  });

  it('knows nothing of no points', () => {
    expect(summarize(seriesOf('cpu.percent', []), 'mean')).toBeNull();
  });

  it('agrees with the same looks one by one', () => {
    const point = fc.record({
      value: fc.integer({ min: 0, max: 1000 }),
      looks: fc.integer({ min: 1, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 30 }), (points) => {
        const single = points.flatMap(({ value, looks }) =>
          Array.from({ length: looks }, () => ({ value, looks: 1 })),
        );
        for (const aggregate of ['mean', 'max', 'min', 'p50', 'p90', 'p95', 'p99'] as const) {
          const joined = summarize(seriesOf('cpu.percent', points), aggregate);
          expect(joined).toBeCloseTo(summarize(seriesOf('cpu.percent', single), aggregate) ?? Number.NaN, 6);
        }
      }),
    );
  });

  it('takes percentiles by nearest rank', () => {
    const values = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(values, fc.constantFrom(50, 90, 95, 99), (list, percent) => {
        const points = list.map((value) => ({ value, looks: 1 }));
        const sorted = list.toSorted((a, b) => a - b);
        const rank = Math.ceil((percent * list.length) / 100);
        expect(summarize(seriesOf('cpu.percent', points), `p${percent}` as 'p50')).toBe(sorted[rank - 1]);
      }),
    );
  });

  it('keeps percentiles in order, between the smallest and the largest', () => {
    const point = fc.record({
      value: fc.double({ min: 0, max: 1e6, noNaN: true }),
      looks: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1 }), (points) => {
        const series = seriesOf('cpu.percent', points);
        const list = (['min', 'p50', 'p90', 'p95', 'p99', 'max'] as const).map(
          (one) => summarize(series, one) ?? 0,
        );
        expect(list).toEqual(list.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('proofTime', () => {
  it.each([
    [0, '2023-11-14T22:13:20.123+00:00'],
    [60, '2023-11-14T23:13:20.123+01:00'],
    [-210, '2023-11-14T18:43:20.123-03:30'],
    [345, '2023-11-15T03:58:20.123+05:45'],
  ])('%d minutes east of UTC', (offset, local) => {
    expect(proofTime(1_700_000_000_123.9, offset)).toEqual({ utc: '2023-11-14T22:13:20.123Z', local });
  });
});
