import { describe, expect, it } from 'vitest';
import tables from '../../../../src/core/periodicity/null-tables.json' with { type: 'json' };
import {
  chainTail,
  combinedFalseAlarm,
  phaseTail,
} from '../../../../src/core/periodicity/null-distribution.ts';

const COUNTS = [4, 5, 11, 23, 77, 300, 2000, 1e5];

describe('the null tables', () => {
  it('ascend, and have a row for each count', () => {
    for (const table of [tables.chain, tables.phase, tables.combined]) {
      expect(table).toHaveLength(tables.counts.length);
      for (const row of table) expect(row).toEqual(row.toSorted((a, b) => a - b));
    }
  });

  it.each(COUNTS)('give chances that fall, from 1 to far below 1e-5, at %d events', (count) => {
    for (const tail of [
      chainTail,
      phaseTail,
      (value: number) => combinedFalseAlarm(Math.exp(-value), count),
    ]) {
      let last = 1;
      for (let value = -40; value <= 80; value += 0.25) {
        const chance = tail(value, count);
        expect(chance).toBeGreaterThan(0);
        expect(chance).toBeLessThanOrEqual(last * (1 + 1e-12));
        last = chance;
      }
      expect(tail(-40, count)).toBe(1);
      expect(last).toBeLessThan(1e-5);
    }
  });

  it('agree with the bound p ≈ 12·exp(−F) in the tail', () => {
    for (const count of [5, 10, 20, 50]) {
      const ratio = chainTail(12, count) / (12 * Math.exp(-12));
      expect(ratio).toBeGreaterThan(0.1);
      expect(ratio).toBeLessThan(3);
    }
  });
});
