import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { call, type Shown, type Told, watch, watchShown, windowOf } from './windows.ts';

const shown: fc.Arbitrary<Shown> = fc.record({
  findings: fc
    .uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 })
    .map((ips) => ips.map((ip) => call(ip))),
  memory: fc.integer({ min: 0, max: 400 }).map((mb) => mb * 1e6),
  cpu: fc.double({ min: 0, max: 100, noNaN: true }),
  minutes: fc.constantFrom(1, 30, 60),
  isCovered: fc.boolean(),
});
const inconclusive: fc.Arbitrary<Shown> = shown.map((one) => ({
  ...one,
  verdict: 'inconclusive',
  minutes: 1,
}));
const runs = fc.array(shown, { maxLength: 120 });

const byKey = (told: readonly Told[]): Told[][] =>
  [...new Set(told.map(({ key }) => key))].map((key) => told.filter((one) => one.key === key));

describe('what is told of any regression', () => {
  it('begins firing, is resolved once each time, and gets worse only while it fires', () => {
    fc.assert(
      fc.property(runs, (windows) => {
        for (const told of byKey(watchShown(windows))) {
          let isFiring = false;
          let repeat = 0;
          for (const { status, why, repeat: now } of told) {
            if (status === 'resolved') expect(isFiring).toBe(true);
            else if (why === 'worse') {
              expect(isFiring).toBe(true);
              expect(now).toBe(repeat + 1);
            } else expect(isFiring).toBe(false);
            isFiring = status === 'firing';
            repeat = now;
          }
          const resolved = told.filter(({ status }) => status === 'resolved').length;
          expect(resolved).toBeLessThanOrEqual(4 + windows.length / 48);
        }
      }),
    );
  });

  it('never flaps: however it comes and goes, it is told ever more rarely', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 400 }),
        fc.integer({ min: 1, max: 9 }),
        (pattern, run) => {
          const windows = pattern.flatMap((isThere) =>
            Array.from({ length: run }, () => ({ findings: isThere ? [call('a')] : [] })),
          );
          const resolved = watchShown(windows).filter(({ status }) => status === 'resolved');
          // 3 + 6 + 12 + 24 quiet windows for the first four, 48 for each after them.
          const most = windows.length < 45 ? 4 : 4 + windows.length / 48;
          expect(resolved.length).toBeLessThanOrEqual(most);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('is not changed by windows that prove nothing, wherever they stand', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(shown, fc.option(inconclusive)), { maxLength: 60 }), (pairs) => {
        const sparse = pairs.flatMap(([one, empty], index) => [
          windowOf(2 * index, one),
          ...(empty === null ? [] : [windowOf(2 * index + 1, empty)]),
        ]);
        const without = sparse.filter(({ verdict }) => verdict !== 'inconclusive');
        const words = (told: readonly Told[]) => told.map((one) => ({ ...one, in: 0 }));
        expect(words(watch(sparse).told)).toEqual(words(watch(without).told));
      }),
    );
  });

  it('is not told twice when a window is taken in twice', () => {
    fc.assert(
      fc.property(runs, (windows) => {
        const twice = windows.flatMap((one, index) => [windowOf(index, one), windowOf(index, one)]);
        const told = watch(twice).told;
        expect(told.every(({ in: index }) => index % 2 === 0)).toBe(true);
        expect(told.map(({ key, why }) => [key, why])).toEqual(
          watchShown(windows).map(({ key, why }) => [key, why]),
        );
      }),
    );
  });

  it('is nothing while nothing but small noise changes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 30, maxLength: 200 }), (noise) => {
        const windows = noise.map((n) => ({ memory: (1000 + n / 10) * 1e6, cpu: 0.1 + n / 1000 }));
        expect(watchShown(windows)).toEqual([]);
      }),
    );
  });

  it('keeps a state of bounded size', () => {
    const churn = Array.from({ length: 600 }, (_, index) => ({
      findings: [call(`x${index}`), call(`y${index % 7}`)],
      memory: 1e8,
    }));
    const { state } = watch(churn.map((one, index) => windowOf(index, one)));
    expect(JSON.stringify(state).length).toBeLessThan(20_000);
  });
});
