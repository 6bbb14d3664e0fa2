import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canCover } from '../../../../../src/core/rules/too-broad/can-cover.ts';

/** The same by trying everything. */
const isCoverable = (lists: readonly (readonly bigint[])[], all: bigint, covered = 0n): boolean => {
  const [first, ...others] = lists;
  return first === undefined ? covered === all : first.some((set) => isCoverable(others, all, covered | set));
};

describe('canCover', () => {
  it('finds a choice wherever there is one', () => {
    const set = fc.bigInt({ min: 0n, max: 63n });
    const lists = fc.array(fc.array(set, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(lists, (all) => {
        expect(canCover(all, 63n)).toBe(isCoverable(all, 63n));
      }),
    );
  });

  it('ends soon, whatever there is to be tried', () => {
    // Each list covers one of two bits of its own, and no choice covers both: 2^40 choices.
    const lists = Array.from({ length: 40 }, (_, at) => [1n << BigInt(2 * at), 1n << BigInt(2 * at + 1)]);
    expect(canCover(lists, (1n << 80n) - 1n)).toBe(false);
    const tangled = Array.from({ length: 40 }, (_, at) =>
      Array.from(
        { length: 12 },
        (_set, bit) => (1n << BigInt((7 * at + 5 * bit) % 81)) | (1n << BigInt(bit)),
      ),
    );
    expect(typeof canCover(tangled, (1n << 82n) - 1n)).toBe('boolean');
  });
});
