import { describe, expect, it } from 'vitest';
import { measuredRunSchema } from '../../../../src/core/measure/run-schema.ts';
import { measuredRun, measurementOf } from '../../support/measured-runs.ts';

describe('the schema of results', () => {
  it('takes what was written, and no interval that is none', () => {
    const of = (low: number, high: number) => {
      const statistics = { p50: { value: 2, interval: { low, high } } };
      return measuredRunSchema.safeParse(measuredRun([measurementOf([], { count: 9, statistics })]));
    };
    expect(of(1, 3).success).toBe(true);
    expect(of(2, 2).success).toBe(true);
    // Turned round it would have no width at all, and be as certain as a count.
    expect(of(3, 1).error?.issues[0]?.message).toBe('its low end lies above its high one');
  });
});
