import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Residual } from '../../../../../src/collectors/linux/own-network/residual.ts';

const explained = (total: number, mayBeOld = 0, isUnsure = false) => ({ total, mayBeOld, isUnsure });

describe('Residual', () => {
  it('is told a look later, and its time is known', () => {
    const left = new Residual();
    const told = [3, 1, 0, 0].map((grown) => left.take(grown, explained(0)));
    expect(told).toEqual([0, 3, 1, 0].map((due) => ({ due, isDated: true })));
    expect(left.isPending).toBe(false);
  });

  it('is nothing when the explanation comes late, at several looks in a row', () => {
    const left = new Residual();
    const looks = [
      left.take(36, explained(30)),
      left.take(276, explained(279, 6)),
      left.take(288, explained(282, 3)),
      left.take(300, explained(309, 9)),
    ];
    expect(looks.map(({ due }) => due)).toEqual([0, 0, 0, 0]);
    expect(left.isPending).toBe(false);
  });

  it('is not hidden by explanations of what was not counted', () => {
    const left = new Residual();
    left.take(1, explained(3));
    expect([left.take(1, explained(0)).due, left.take(0, explained(0)).due]).toEqual([0, 1]);
  });

  it('has no time any more when it may have been explained and was not', () => {
    const left = new Residual();
    left.take(1, explained(0));
    expect(left.take(1, explained(1, 1, true))).toEqual({ due: 0, isDated: true });
    expect(left.take(0, explained(0))).toEqual({ due: 1, isDated: false });
  });

  it('is told in the end, exactly as much as it was, however late the rest is explained', () => {
    const step = fc.record({ ours: fc.nat(3), theirs: fc.nat(3), isLate: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const left = new Residual();
        let [told, wanted, late] = [0, 0, 0];
        for (const { ours, theirs, isLate } of steps) {
          wanted += theirs;
          told += left.take(ours + theirs, explained(isLate ? late : late + ours, late)).due;
          late = isLate ? ours : 0;
        }
        told += left.take(0, explained(late, late)).due + left.take(0, explained(0)).due;
        expect(told).toBe(wanted);
        expect(left.isPending).toBe(false);
      }),
    );
  });
});
