import { describe, expect, it } from 'vitest';
import { excludedBy, sayExcluded } from '../../../../src/core/proof/excluded.ts';
import type { RuleResult } from '../../../../src/model/proof.ts';

describe('what is excluded, in words', () => {
  it.each([
    [null, null, ''],
    [{ min: 0 }, null, 'any outbound connection'],
    [{ min: 1 }, null, 'outbound connections that live 1 s or longer'],
    [null, { max: 63.1234, confidence: 0.95 }, 'periods up to 63.1 s (95 %)'],
    [
      { min: 0.0004 },
      { max: 20, confidence: 0.5 },
      'outbound connections that live 0.0004 s or longer; periods up to 20 s (50 %)',
    ],
  ])('%j %j', (connectionLifetimeSeconds, periodSeconds, words) => {
    expect(sayExcluded({ connectionLifetimeSeconds, periodSeconds })).toBe(words);
  });

  it('excludes no connections that were seen', () => {
    const excludes = { connectionLifetimeSeconds: { min: 0 }, periodSeconds: null };
    expect(sayExcluded(excludes, 1026)).toBe('any outbound connection but the 1,026 seen');
  });

  it('excludes no periods where no rule has looked for any', () => {
    const excludes = { connectionLifetimeSeconds: null, periodSeconds: { max: 20, confidence: 0.95 } };
    const rule = { verdict: 'pass', periodsTold: null } as RuleResult;
    const periodsTold = { fromSeconds: 0, upToSeconds: 15, butExcused: false };
    expect(excludedBy(excludes, [rule]).periodSeconds).toBeNull();
    expect(excludedBy(excludes, [rule, { ...rule, periodsTold }]).periodSeconds?.max).toBe(15);
    expect(
      excludedBy(excludes, [{ ...rule, verdict: 'inconclusive', periodsTold }]).periodSeconds,
    ).toBeNull();
  });

  it('says a confidence without the noise of binary fractions', () => {
    const periodSeconds = { max: 1, confidence: 0.57 };
    expect(sayExcluded({ connectionLifetimeSeconds: null, periodSeconds })).toBe('periods up to 1 s (57 %)');
  });
});
