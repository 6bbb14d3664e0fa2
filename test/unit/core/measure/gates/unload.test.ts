import { expect, it } from 'vitest';
import { isUnloaded, judgeUnload } from '../../../../../src/core/measure/gates/unload.ts';

const states = (before: number | null, inUse: number | null, after: number | null) => ({
  beforeBytes: before,
  inUseBytes: inUse,
  afterBytes: after,
});
const limit = { text: '< 100MB', expectation: { operator: '<', limit: 100e6 } } as const;

it('passes where what was loaded is given back', () => {
  expect(judgeUnload(states(50e6, 300e6, 60e6), null, 3_000)).toEqual({
    expected: 'memory is given back (10 % may stay)',
    measured: '50 MB before, 300 MB in use, 60 MB after 3 s',
    verdict: 'pass',
    reason: null,
  });
  expect(isUnloaded(states(50e6, 300e6, 99e6), limit)).toBe(true);
});

it('fails where more than a tenth of it stays, or the limit is not kept', () => {
  expect(judgeUnload(states(50e6, 300e6, 76e6), null, 3_000).verdict).toBe('fail');
  expect(judgeUnload(states(50e6, 300e6, 100e6), limit, 3_000).verdict).toBe('fail');
});

it.each([
  ['nothing was seen to be loaded', states(50e6, 55e6, 50e6)],
  ['the memory before is not known', states(null, 300e6, 50e6)],
  ['the memory in use is not known', states(50e6, null, 50e6)],
  ['the memory after is not known', states(50e6, 300e6, null)],
])('is never a pass where %s', (_, known) => {
  for (const expected of [null, limit]) {
    expect(isUnloaded(known, expected)).toBeNull();
    expect(judgeUnload(known, expected, 1_000)).toMatchObject({ verdict: 'inconclusive' });
    expect(judgeUnload(known, expected, 1_000).reason).not.toBeNull();
  }
});
