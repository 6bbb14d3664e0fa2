import { describe, expect, it } from 'vitest';
import { lookBackMs } from '../../../../src/core/rules/look-back.ts';
import type { RulePack } from '../../../../src/core/rules/pack.ts';

const packOf = (rule: object): RulePack[] => [{ rules: [rule] } as unknown as RulePack];

describe('lookBackMs', () => {
  it('reaches to the start of a request that ends in the window', () => {
    const unknown = { kind: 'threshold', metric: 'derived.chat.unknown', expect: { sum: '= 0' } };
    expect(lookBackMs(packOf(unknown))).toBe(3_600_000);
    expect(lookBackMs(packOf({ ...unknown, metric: 'cpu.percent' }))).toBe(0);
    expect(lookBackMs([])).toBe(0);
  });

  it('reaches to what excuses an activity', () => {
    const unless = { after: { activity: 'event' }, within: '10m' };
    expect(lookBackMs(packOf({ kind: 'absence', activity: 'event', unless }))).toBe(600_000);
  });
});
