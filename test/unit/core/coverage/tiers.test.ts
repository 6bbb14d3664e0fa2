import { describe, expect, it } from 'vitest';
import { missesMore, worstTier } from '../../../../src/core/coverage/tiers.ts';
import { TIERS } from '../../../../src/model/collector.ts';

describe('worstTier', () => {
  it('is the one that loses most, in any order', () => {
    expect(worstTier(['zero-miss'])).toBe('zero-miss');
    expect(worstTier(['counter', 'zero-miss'])).toBe('counter');
    expect(worstTier(['zero-miss', 'sampled', 'counter'])).toBe('sampled');
  });

  it('of none is the one that promises least', () => expect(worstTier([])).toBe('sampled'));
});

describe('missesMore', () => {
  it('goes from the best to the worst, and then to nothing known', () => {
    const order = [...TIERS, null];
    for (const [better, one] of order.entries())
      for (const [worse, other] of order.entries()) expect(missesMore(other, one)).toBe(worse > better);
  });
});
