import { describe, expect, it } from 'vitest';
import { brief, call, HOUR_MS, times, watch, watchShown, windowOf } from './windows.ts';

const MB = 1_000_000;
const wobble = (index: number): number => [0, 3, -2, 1, -1, 2, -3][index % 7]!;
const steady = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ memory: (100 + wobble(index)) * MB, cpu: 0.1 }));

describe('a metric that has risen', () => {
  it('is told by two windows against five or more, and resolved when it is back for three', () => {
    const told = watchShown([...steady(10), ...times(4, { memory: 180 * MB, cpu: 0.1 }), ...steady(5)]);
    expect(brief(told)).toEqual(['11 firing new', '16 resolved gone']);
    expect(told[0]).toMatchObject({
      severity: 'warn',
      target: 'app',
      ruleId: null,
      firstSeenMs: 10 * HOUR_MS,
    });
    expect(told[0]?.title).toBe('memory.pss of app has risen');
    expect(told[0]?.text).toMatch(/^mean of memory\.pss: 180 MB; it was 100(\.5)? MB \(median\)/);
  });

  it('is not told of fewer windows', () => {
    const rise = times(2, { memory: 900 * MB, cpu: 0.1 });
    expect(watchShown([...steady(3), ...rise])).toEqual([]);
    expect(watchShown([...steady(5), ...rise])).toHaveLength(1);
  });

  it('is not told of a change that matters to nobody, though the metric never moved before', () => {
    expect(
      watchShown([...times(20, { cpu: 0, memory: 50 * MB }), ...times(9, { cpu: 0.2, memory: 54 * MB })]),
    ).toEqual([]);
  });

  it('is told again at each doubling of the rise', () => {
    const rises = [180, 180, 190, 200, 270, 280].map((mb) => ({ memory: mb * MB }));
    const told = watchShown([...steady(10).map(({ memory }) => ({ memory })), ...rises]);
    expect(brief(told)).toEqual(['11 firing new', '14 firing worse']);
  });

  it('does not get used to a rise, nor flap at its edge', () => {
    expect(brief(watchShown([...steady(10), ...times(60, { memory: 180 * MB })]))).toEqual(['11 firing new']);
    const edge = Array.from({ length: 60 }, (_, index) => ({ memory: (index % 2 === 0 ? 125 : 112) * MB }));
    expect(watchShown([...steady(10), ...edge])).toHaveLength(1);
  });

  it('is not told of one window', () => {
    const peak = { cpu: { mean: 0.1, p95: 9, max: 90 } };
    const before = times(10, { cpu: 0.1 });
    expect(watchShown([...before, peak, { cpu: 0.1 }, peak, { cpu: 0.1 }])).toEqual([]);
    expect(watchShown([...before, peak, peak])).toMatchObject([{ in: 11, firstSeenMs: 10 * HOUR_MS }]);
  });

  it('does not compare a window that was cut short', () => {
    expect(watchShown([...times(10, { cpu: 0.1 }), ...times(9, { cpu: 30, minutes: 1 })])).toEqual([]);
  });

  it('fires, but is never resolved, by values that are lower bounds, and they are no measure', () => {
    const bound = (value: number) => ({ cpu: { mean: value, p95: value, max: value, atLeast: true } });
    expect(watchShown([...times(10, bound(0.1)), ...times(3, { cpu: 5 })])).toEqual([]);
    expect(
      watchShown([...times(10, { cpu: 0.1 }), bound(5), bound(5), ...times(9, bound(0.1))]),
    ).toHaveLength(1);
  });

  it('is held against the pinned baseline, plain rises only where that is one window', () => {
    const options = { compareWith: 'pinned' as const, pinned: [windowOf(-1, { memory: 100 * MB })] };
    expect(watchShown(times(9, { memory: 140 * MB }), options)).toEqual([]);
    expect(watchShown(times(9, { memory: 160 * MB }), options)).toHaveLength(1);
    const risen = [...steady(10), ...times(9, { memory: 180 * MB })];
    expect(watchShown(risen, { compareWith: 'pinned', pinned: [] })).toEqual([]);
  });

  it('is not resolved while nobody knows it, and is over when its target is no longer watched', () => {
    const before = [...steady(9), ...times(2, { memory: 180 * MB })].map((one, index) =>
      windowOf(index, one),
    );
    const unknown = times(9, {}).map((one, index) => windowOf(11 + index, one));
    expect(watch([...before, ...unknown]).told).toHaveLength(1);
    const left = unknown.map((window) => ({ ...window, rules: [], metrics: {} }));
    expect(brief(watch([...before, ...left]).told)).toEqual(['10 firing new', '13 resolved unjudged']);
  });
});

describe('a leak', () => {
  const growing = (count: number, perWindow: number) =>
    Array.from({ length: count }, (_, index) => ({
      memory: (100 + perWindow * index + wobble(index) / 3) * MB,
    }));

  it('is told once it cannot be chance, with how much and since when, and again when it doubled', () => {
    const told = watchShown(growing(24, 1.5)).filter(({ key }) => key.startsWith('leak'));
    expect(told[0]).toMatchObject({ status: 'firing', firstSeenMs: 0 });
    expect(told[0]!.in).toBeLessThan(10);
    expect(told[0]?.title).toBe('memory.pss of app grows from window to window');
    expect(told[0]?.text).toMatch(/^memory\.pss has grown by 1[0-9.]+ MB in 9 h, from 100 MB$/);
    expect(told.slice(1).map(({ why }) => why)).toEqual(['worse']);
  });

  it('is told once where it is slow and the memory scatters, and resolved a day after it has stopped', () => {
    const slow = Array.from({ length: 150 }, (_, i) => ({
      memory: (100 + 0.3 * i + wobble(i * 5) / 2) * MB,
    }));
    const leaks = (shown: readonly { memory: number }[]) =>
      watchShown(shown).filter(({ key, why }) => key.startsWith('leak') && why !== 'worse');
    expect(leaks(slow).map(({ why }) => why)).toEqual(['new']);
    const stopped = [...slow, ...steady(60).map(({ memory }) => ({ memory: memory + 45 * MB }))];
    const told = leaks(stopped);
    expect(told.map(({ why }) => why)).toEqual(['new', 'gone']);
    expect(told[1]!.in).toBeGreaterThan(150 + 12);
    expect(told[1]!.text).toMatch(
      /^memory\.pss does not grow any more: 100 MB at first, 14\d(\.\d+)? MB now$/,
    );
  });

  it('is not seen in a level that wanders', () => {
    // The same steps for everybody: ±2 MB, drawn by a linear congruential generator.
    let seed = 7;
    let level = 200;
    const told = watchShown(
      Array.from({ length: 72 }, () => {
        seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
        level = 200 + 0.9 * (level - 200) + (seed / 2 ** 31 - 1) * 2;
        return { memory: level * MB };
      }),
    );
    expect(told).toEqual([]);
  });

  it('is resolved when the memory is given back', () => {
    const told = watchShown([...growing(12, 4), ...times(8, { memory: 100 * MB })]);
    expect(brief(told.filter(({ key }) => key.startsWith('leak')))).toEqual([
      '7 firing new',
      '14 resolved gone',
    ]);
  });

  it.each([
    ['noise', steady(60).map(({ memory }) => ({ memory }))],
    ['a step', [...steady(12), ...times(12, { memory: 130 * MB })].map(({ memory }) => ({ memory }))],
    [
      'a start that dies down',
      Array.from({ length: 40 }, (_, i) => ({ memory: (200 - 100 * Math.exp(-i)) * MB })),
    ],
    ['growth too small to matter', growing(24, 0.1)],
  ])('is not seen in %s', (_, shown) => {
    expect(watchShown(shown).filter(({ key }) => key.startsWith('leak'))).toEqual([]);
  });
});

describe('windows that prove nothing', () => {
  const empty = { verdict: 'inconclusive' as const };

  it('are told once after six hours, and resolved by one that proves', () => {
    const told = watchShown([{}, ...times(30, empty), {}, {}]);
    expect(brief(told)).toEqual(['6 firing new', '31 resolved gone']);
    expect(told[0]).toMatchObject({ target: null, firstSeenMs: HOUR_MS, severity: 'warn' });
    expect(told[0]?.text).toBe('Nothing could be proved for 6 h: every window was inconclusive.');
    expect(brief(watchShown([...times(5, empty), { findings: [call('203.0.113.7')] }]))).toEqual([
      '5 firing new',
    ]);
  });

  it('are told less and less often', () => {
    const day = [...times(7, empty), {}];
    expect(watchShown(Array.from({ length: 20 }, () => day).flat())).toHaveLength(2);
  });
});
