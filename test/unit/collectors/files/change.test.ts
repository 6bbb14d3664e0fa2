import { describe, expect, it } from 'vitest';
import { foundBetween, toldAt } from '../../../../src/collectors/files/change.ts';

const ns = (ms: number): bigint => BigInt(ms) * 1_000_000n;

describe('when something happened', () => {
  it('is when it was told', () => {
    expect(toldAt(70).at(ns(10))).toBe(70);
  });

  it('is what the file says, where that lies between the two comparisons', () => {
    expect(foundBetween(100, 200).at(ns(150))).toBe(150);
    expect(foundBetween(100, 200).at(150_250_000n)).toBe(150.25);
  });

  it.each([
    ['from before', 99n],
    ['of the comparison before', 100n],
    ['from the future', 201n],
  ])('is the time of the comparison for a stamp %s', (_, ms) => {
    expect(foundBetween(100, 200).at(ms * 1_000_000n)).toBe(200);
  });

  it('may have been more often since the comparison before, where nobody told of it', () => {
    expect(toldAt(70).sinceMs).toBeNull();
    expect(foundBetween(100, 200).sinceMs).toBe(100);
  });

  it('is the time of the comparison where the file says nothing', () => {
    expect(foundBetween(100, 200).at(null)).toBe(200);
  });
});
