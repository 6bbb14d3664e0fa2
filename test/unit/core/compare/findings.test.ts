import { describe, expect, it } from 'vitest';
import { brief, call, HOUR_MS, times, watch, watchShown, windowOf } from './windows.ts';

const quiet = {};
const calls = { findings: [call('203.0.113.7')] };

describe('a finding that was not there before', () => {
  it('is told at once, in the first window too, with the window that showed it', () => {
    expect(watchShown([calls])).toMatchObject([
      {
        status: 'firing',
        why: 'new',
        severity: 'error',
        target: 'app',
        ruleId: 'network-activity',
        firstSeenMs: 0,
      },
    ]);
    expect(watchShown([quiet, quiet, calls])).toMatchObject([{ in: 2, firstSeenMs: 2 * HOUR_MS }]);
  });

  it('is told once for as long as it lasts', () => {
    expect(brief(watchShown(times(200, calls)))).toEqual(['0 firing new']);
  });

  it('is another when its subject is another', () => {
    const told = watchShown([calls, { findings: [call('203.0.113.7'), call('203.0.113.8')] }]);
    expect(brief(told)).toEqual(['0 firing new', '1 firing new']);
    expect(told[0]?.key).not.toBe(told[1]?.key);
  });

  it('is the same whatever the order of its fields', () => {
    const turned = { subject: { 'remote.port': 443, 'remote.ip': '203.0.113.7', protocol: 'tcp' } };
    expect(watchShown([calls, { findings: [turned] }])).toHaveLength(1);
  });

  it('is told again when it became clearly more, not by chance', () => {
    const counted = (count: number) => ({ findings: [call('203.0.113.7', { count })] });
    const told = watchShown([10, 12, 19, 80, 85, 90, 60, 400].map(counted));
    expect(told.map(({ in: index, why, repeat }) => [index, why, repeat])).toEqual([
      [0, 'new', 0],
      [3, 'worse', 1],
      [7, 'worse', 2],
    ]);
  });

  it('is no regression where the pinned baseline has it', () => {
    const pinned = [windowOf(-1, calls)];
    expect(watchShown([calls], { compareWith: 'pinned', pinned })).toEqual([]);
    expect(watchShown([calls], { compareWith: 'both', pinned })).toEqual([]);
    expect(watchShown([calls], { compareWith: 'trailing', pinned })).toHaveLength(1);
    expect(watchShown([{ findings: [call('203.0.113.8')] }], { compareWith: 'pinned', pinned })).toHaveLength(
      1,
    );
  });

  it('is told in bounded number when an app calls ever new addresses', () => {
    const churn = Array.from({ length: 300 }, (_, index) => ({ findings: [call(`203.0.113.${index}`)] }));
    const { told, state } = watch(churn.map((one, index) => windowOf(index, one)));
    // Five one by one and the others as one, twice; five anew where those are forgotten after 100 windows.
    expect(told.length).toBeLessThan(40);
    expect(Object.keys(state.tracks).length).toBeLessThan(10);
    const burst = watchShown([
      { findings: Array.from({ length: 90 }, (_, index) => call(`198.51.100.${index}`)) },
    ]);
    expect(burst).toHaveLength(6);
    expect(burst.at(-1)?.title).toBe('network-activity: app, 85 more');
  });

  it('is told of a rule that is broken without one', () => {
    const window = windowOf(0, calls);
    const rules = window.rules.map((rule) => ({ ...rule, findings: [] }));
    expect(brief(watch([{ ...window, rules }, windowOf(1, calls)]).told)).toEqual([
      '0 firing new',
      '1 firing new',
    ]);
  });

  it('has a key of bounded length', () => {
    const [a, b] = ['1', '2'].map(
      (end) => watchShown([{ findings: [call(`${'x'.repeat(99_999)}${end}`)] }])[0]?.key,
    );
    expect(a?.length).toBeLessThan(1000);
    expect(a).not.toBe(b);
  });
});

describe('a finding that is gone', () => {
  it('is resolved after three windows that prove it', () => {
    expect(brief(watchShown([calls, quiet, quiet, quiet, quiet]))).toEqual([
      '0 firing new',
      '3 resolved gone',
    ]);
  });

  it('is not resolved by windows that prove nothing', () => {
    const empty = { verdict: 'inconclusive' as const, minutes: 1 };
    expect(brief(watchShown([calls, ...times(5, empty), quiet, empty, quiet, empty, quiet]))).toEqual([
      '0 firing new',
      '10 resolved gone',
    ]);
    expect(watchShown([calls, ...times(20, { ruleVerdict: 'inconclusive' as const })])).toHaveLength(1);
  });

  it('is not resolved by a broken rule that may not have seen everything', () => {
    const other = { findings: [call('203.0.113.8')] };
    const other2 = { ...other, isCovered: false };
    expect(brief(watchShown([calls, ...times(9, other2)]))).toEqual(['0 firing new', '1 firing new']);
    expect(brief(watchShown([calls, ...times(9, other)])).at(-1)).toBe('3 resolved gone');
  });

  it('is not resolved by windows that were cut short, nor by those that its period does not fit in', () => {
    expect(watchShown([calls, ...times(20, { minutes: 1 })])).toHaveLength(1);
    const slow = { findings: [call('203.0.113.7', { period: 4 * 3600 })] };
    expect(brief(watchShown([slow, ...times(9, quiet)]))[1]).toBe('8 resolved gone');
  });

  it('comes back as one that is back, and has to stay away longer then', () => {
    const told = brief(
      watchShown([calls, ...times(3, quiet), calls, ...times(3, quiet), calls, ...times(6, quiet)]),
    );
    expect(told).toEqual(['0 firing new', '3 resolved gone', '4 firing back', '14 resolved gone']);
  });

  it('is over, and said so, when no rule asks for it any more', () => {
    const unasked = [1, 2, 3].map((index) => ({ ...windowOf(index, quiet), rules: [] }));
    expect(brief(watch([windowOf(0, calls), ...unasked]).told)).toEqual([
      '0 firing new',
      '3 resolved unjudged',
    ]);
  });

  it('is not over while another rule of the same name could not look', () => {
    const [rule] = windowOf(1, quiet).rules;
    const windows = [1, 2, 3, 4].map((index) => ({
      ...windowOf(index, quiet),
      rules: [rule!, { ...rule!, verdict: 'inconclusive' as const }],
    }));
    expect(watch([windowOf(0, calls), ...windows]).told).toHaveLength(1);
  });
});

describe('a proof that comes late', () => {
  it('adds what it found, once, and resolves nothing', () => {
    const windows = [windowOf(0, quiet), windowOf(0, calls), windowOf(0, calls), windowOf(0, quiet)];
    const { told, state } = watch(windows);
    expect(brief(told)).toEqual(['1 firing new']);
    expect(state.count).toBe(1);
    expect(brief(watch([windowOf(0, quiet), windowOf(1, quiet), windowOf(0, calls)]).told)).toHaveLength(1);
  });

  it('is not mistaken for one after the clock was set back', () => {
    const back = [3, 0.5, 1.5, 2.5, 3.5].map((index, at) => windowOf(index, at === 0 ? calls : quiet));
    expect(brief(watch([...back, windowOf(2.7, calls)]).told)).toEqual([
      '0 firing new',
      '3 resolved gone',
      '5 firing back',
    ]);
  });
});
