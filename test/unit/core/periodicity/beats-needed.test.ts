import { describe, expect, it } from 'vitest';
import { beatsNeeded } from '../../../../src/core/periodicity/beats-needed.ts';
import { findPeriods } from '../../../../src/core/periodicity/periods.ts';

describe('beatsNeeded', () => {
  it('is four for a single series, more the less may be chance, and none beyond what the tables tell', () => {
    const needed = [0.01, 0.01 / 15, 0.01 / 16, 1e-5, 1e-15].map((probability) =>
      beatsNeeded(probability, false),
    );
    expect(needed).toEqual([4, 4, 5, 6, null]);
  });

  it.each([1e-2, 1e-3, 1e-4, 1e-6, 1e-9])('so many beats are found at %d, with a hole, too', (alpha) => {
    for (const hasHoles of [false, true]) {
      const beats = beatsNeeded(alpha, hasHoles) ?? Number.NaN;
      const timesMs = Array.from({ length: beats }, (_, beat) => 500 + beat * 1000);
      const holeMs = hasHoles ? 300 : 0;
      const exposure = [
        { fromMs: 0, toMs: 2000 },
        { fromMs: 2000 + holeMs, toMs: beats * 1000 },
      ];
      expect(findPeriods({ timesMs, exposure }, { alpha })).toHaveLength(1);
    }
  });
});
