import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePssBytes } from '../../../../src/core/parse/smaps-rollup.ts';

const rollup = (over: Record<string, number> = {}): string =>
  Object.entries({ Rss: 1784, Pss: 196, Shared_Hugetlb: 0, Private_Hugetlb: 0, Swap: 0, ...over })
    .map(([key, value]) => `${key}: ${value} kB\n`)
    .join('');

describe('the proportional memory of a process', () => {
  it('is its Pss, without what is swapped out', () => {
    expect(parsePssBytes(rollup({ Swap: 12 }))).toBe(196 * 1024);
  });

  it('has its huge pages, its own and those that it shares', () => {
    expect(parsePssBytes(rollup({ Private_Hugetlb: 4096, Shared_Hugetlb: 2048 }))).toBe((196 + 6144) * 1024);
  });

  it.each(['Pss', 'Private_Hugetlb', 'Shared_Hugetlb'])(
    'is not known where the line %s is not there',
    (key) => {
      expect(parsePssBytes(rollup().replace(key, 'Other'))).toBeNull();
    },
  );

  it('is not known of a zombie, which has no memory', () => {
    expect(parsePssBytes('')).toBeNull();
  });

  it('is a whole number or not known, of any lines', () => {
    const key = fc.constantFrom('Pss', 'Private_Hugetlb', 'Shared_Hugetlb', 'Rss');
    const line = fc
      .tuple(key, fc.oneof(fc.nat(), fc.string()))
      .map(([name, value]) => `${name}: ${value} kB`);
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const bytes = parsePssBytes(lines.join('\n'));
        expect(bytes === null || (Number.isSafeInteger(bytes) && bytes >= 0)).toBe(true);
      }),
    );
  });
});
