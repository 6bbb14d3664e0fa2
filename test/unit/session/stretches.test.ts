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
});
