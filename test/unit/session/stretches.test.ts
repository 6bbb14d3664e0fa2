import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stretches } from '../../../src/session/stretches.ts';

describe('Stretches', () => {
  it('joins a report that is repeated into one stretch', () => {
    const stretches = new Stretches<{ reason: string }>();
    expect(stretches.look({ fromMs: 0, toMs: 1 }, [{ reason: 'denied' }])).toEqual([]);
    expect(stretches.look({ fromMs: 1, toMs: 2 }, [{ reason: 'denied' }])).toEqual([]);
    expect(stretches.look({ fromMs: 2, toMs: 3 }, [])).toEqual([{ reason: 'denied', fromMs: 0, toMs: 2 }]);
    expect(stretches.close()).toEqual([]);
  });

  it('begins when a report says, where that is before the look before', () => {
    const stretches = new Stretches<{ reason: string }>();
    stretches.look({ fromMs: 5, toMs: 6 }, [
      { reason: 'early', sinceMs: 2 },
      { reason: 'late', sinceMs: 5.5 },
    ]);
    expect(stretches.close()).toMatchObject([
      { reason: 'early', fromMs: 2, toMs: 6 },
      { reason: 'late', fromMs: 5, toMs: 6 },
    ]);
  });

  it('keeps different reports apart and begins anew after a pause', () => {
    const stretches = new Stretches<{ reason: string }>();
    stretches.look({ fromMs: 0, toMs: 1 }, [{ reason: 'a' }, { reason: 'b' }]);
    expect(stretches.look({ fromMs: 1, toMs: 2 }, [{ reason: 'b' }])).toEqual([
      { reason: 'a', fromMs: 0, toMs: 1 },
    ]);
    stretches.look({ fromMs: 2, toMs: 3 }, [{ reason: 'a' }, { reason: 'b' }]);
    expect(stretches.close()).toEqual([
      { reason: 'a', fromMs: 2, toMs: 3 },
      { reason: 'b', fromMs: 0, toMs: 3 },
    ]);
  });

  it('is open for as long as something is reported, and is over when it was closed', () => {
    const stretches = new Stretches<{ reason: string }>();
    expect(stretches.isOpen).toBe(false);
    stretches.look({ fromMs: 0, toMs: 1 }, [{ reason: 'a' }, { reason: 'a' }]);
    expect(stretches.isOpen).toBe(true);
    expect(stretches.close()).toEqual([{ reason: 'a', fromMs: 0, toMs: 1 }]);
    expect(stretches.isOpen).toBe(false);
    expect(stretches.close()).toEqual([]);
  });

  it('covers every moment that was reported, and none is covered twice', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), (reported) => {
        const stretches = new Stretches<{ reason: string }>();
        const told = reported.flatMap((isReported, look) =>
          stretches.look({ fromMs: look, toMs: look + 1 }, isReported ? [{ reason: 'a' }] : []),
        );
        told.push(...stretches.close());
        const covered = reported.map((_, look) =>
          told.filter((one) => one.fromMs <= look && one.toMs > look),
        );
        expect(covered.map(({ length }) => length)).toEqual(reported.map(Number));
      }),
    );
  });
});
