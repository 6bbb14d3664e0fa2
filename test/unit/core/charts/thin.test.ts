import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Steps, thin } from '../../../../src/core/charts/thin.ts';

const steps = fc
  .record({
    count: fc.integer({ min: 1, max: 400 }),
    lines: fc.integer({ min: 1, max: 3 }),
    buckets: fc.integer({ min: 1, max: 50 }),
  })
  .chain(({ count, lines, buckets }) =>
    fc.record({
      buckets: fc.constant(buckets),
      widths: fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: count, maxLength: count }),
      values: fc.array(
        fc.array(fc.option(fc.integer({ min: 0, max: 1e6 }), { freq: 10 }), {
          minLength: count,
          maxLength: count,
        }),
        { minLength: lines, maxLength: lines },
      ),
    }),
  )
  .map(({ buckets, widths, values }) => {
    const edges = [0];
    for (const width of widths) edges.push((edges.at(-1) ?? 0) + width);
    return { buckets, steps: { edges, values } satisfies Steps };
  });

const known = (line: readonly (number | null)[]): number[] => line.filter((value) => value !== null);

describe('thin', () => {
  it('keeps the extremes of every line, at their own times, in a bounded number of intervals', () => {
    fc.assert(
      fc.property(steps, ({ buckets, steps: whole }) => {
        const few = thin(whole, buckets);
        const count = few.edges.length - 1;
        expect(count).toBeLessThanOrEqual(Math.max(2 * buckets, 3 * whole.values.length * buckets));
        expect(few.edges).toEqual([...new Set(few.edges)].sort((a, b) => a - b));
        for (const [index, line] of whole.values.entries()) {
          const kept = few.values[index] ?? [];
          expect(kept).toHaveLength(count);
          expect(Math.max(...known(kept))).toBe(Math.max(...known(line)));
          expect(Math.min(...known(kept))).toBe(Math.min(...known(line)));
          // What was not known does not become known.
          expect(kept.includes(null)).toBe(line.includes(null));
          for (const [at, value] of kept.entries()) {
            const was = whole.edges.indexOf(few.edges[at + 1] ?? -1) - 1;
            expect(line[was]).toBe(value);
          }
        }
      }),
    );
  });

  it('leaves a short series as it is', () => {
    const short = { edges: [0, 1, 2], values: [[1, 2]] };
    expect(thin(short, 1)).toBe(short);
  });

  it('keeps a peak of one look in a week', () => {
    const count = 604_800;
    const values = Array.from({ length: count }, () => 0);
    values[223_776] = 90;
    const edges = Array.from({ length: count + 1 }, (_, second) => second);
    const few = thin({ edges, values: [values] }, 1500);
    expect(few.edges.length).toBeLessThan(3001);
    expect(few.edges[(few.values[0] ?? []).indexOf(90) + 1]).toBe(223_777);
  });
});
