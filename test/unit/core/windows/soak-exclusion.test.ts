import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excludedUpTo, missProbability } from '../../../../src/core/periodicity/exclusion.ts';
import { type SoakWindow, soakReach } from '../../../../src/core/windows/soak-exclusion.ts';

const S = 1000;

/** A window from and to so many seconds after its anchor; without one, after 0. */
function quiet(
  trigger: SoakWindow['trigger'],
  anchorS: number | null,
  ...spans: readonly (readonly [number, number])[]
): SoakWindow {
  const exposure = spans.map(([from, to]) => ({
    fromMs: ((anchorS ?? 0) + from) * S,
    toMs: ((anchorS ?? 0) + to) * S,
  }));
  return { trigger, anchorMs: anchorS === null ? null : anchorS * S, exposure };
}

describe('what the windows of a soak exclude together', () => {
  it('nothing without windows, or without exposure', () => {
    expect(soakReach([])).toEqual({ periodMs: 0, freeMs: 0, locked: [] });
    expect(soakReach([quiet('user-quiet', 0)])).toMatchObject({ periodMs: 0, freeMs: 0 });
    expect(soakReach([quiet('run', 100, [-90, -10])]).periodMs).toBe(0);
  });

  it('by hand, at any time: they add up', () => {
    const { periodMs, locked } = soakReach([
      quiet('manual', null, [0, 60]),
      quiet('manual', null, [1000, 1100]),
    ]);
    expect(locked).toEqual([]);
    expect(periodMs).toBeGreaterThan((100 / 0.95) * S);
  });

  it('after the same quiet each time, they add nothing for a timer that an action starts', () => {
    // Somebody chats every 10 minutes; each window is open from 70 s to 598 s after it.
    const windows = [0, 617, 1291, 1950, 2600, 3333].map((at) => quiet('user-quiet', at, [70, 598]));
    const { freeMs, locked, periodMs } = soakReach(windows);
    expect(freeMs).toBeGreaterThan(650 * S);
    expect(locked).toEqual([{ trigger: 'user-quiet', periodMs: 598 * S }]);
    expect(periodMs).toBe(598 * S);
    // Once nobody chats for longer, longer periods would have shown themselves.
    const longer = soakReach([...windows, quiet('user-quiet', 4000, [70, 3670])]);
    expect(longer.locked[0]?.periodMs).toBe(3670 * S);
  });

  it('windows that are cut from one stretch exclude what the stretch does', () => {
    const hours = [0, 1, 2, 3].map((hour) =>
      quiet('user-quiet', 0, [70 + hour * 3600, 70 + (hour + 1) * 3600]),
    );
    expect(soakReach(hours)).toEqual(soakReach([quiet('user-quiet', 0, [70, 70 + 4 * 3600])]));
  });

  it('what one kind of anchor excludes, it does not for another', () => {
    const launched = quiet('run', 0, [10, 36_000]);
    const chatted = quiet('user-quiet', 5000, [70, 130]);
    expect(soakReach([launched]).periodMs).toBeGreaterThan(35_000 * S);
    const both = soakReach([launched, chatted]);
    expect(both.locked.map(({ trigger }) => trigger)).toEqual(['run', 'user-quiet']);
    // After an action only 70 s to 130 s were looked at: 69 s beats at 138 s, 66 s at 132 s.
    expect(both.periodMs).toBe(65 * S);
  });

  it('a window whose anchor nobody knows speaks only of free phases', () => {
    const { locked } = soakReach([quiet('user-quiet', 0, [70, 200]), quiet('user-quiet', null, [300, 9000])]);
    expect(locked).toEqual([{ trigger: 'user-quiet', periodMs: 200 * S }]);
  });

  it('holes are not looked at', () => {
    const whole = soakReach([quiet('run', 0, [10, 1000])]).periodMs;
    expect(soakReach([quiet('run', 0, [10, 400], [700, 1000])]).periodMs).toBeLessThan(whole);
  });
});

const span = fc
  .tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 600 }))
  .map(([from, length]) => [from, from + length] as const);
const anchored = fc.tuple(fc.integer({ min: 0, max: 500 }), span);
const losses = fc.constantFrom(0, 0.1, 0.4);

/** Windows of one trigger, each with its own anchor, one after the other. */
const soaks = fc.array(anchored, { minLength: 1, maxLength: 6 }).map((given) => {
  let anchorS = 0;
  return given.map(([pauseS, [from, to]]) => {
    anchorS += pauseS;
    const window = quiet('user-quiet', anchorS, [from, to]);
    anchorS += to;
    return window;
  });
});

describe('properties', () => {
  it('one window excludes what its own formulas say, and none more than at a free phase', () => {
    fc.assert(
      fc.property(anchored, losses, fc.boolean(), ([anchorS, one], lost, isFree) => {
        const window = quiet('run', isFree ? null : anchorS, one);
        const { exposure } = window;
        const freeMs = excludedUpTo(0.95, { exposure, lost });
        const lockedMs = isFree ? Infinity : excludedUpTo(0.95, { exposure, lost, lockedAtMs: anchorS * S });
        expect(soakReach([window], lost).periodMs).toBeCloseTo(Math.min(freeMs, lockedMs), 3);
      }),
    );
    fc.assert(
      fc.property(soaks, losses, (windows, lost) => {
        const { periodMs, freeMs } = soakReach(windows, lost);
        const free = soakReach(
          windows.map((one) => ({ ...one, anchorMs: null })),
          lost,
        );
        expect(free.periodMs).toBe(freeMs);
        expect(periodMs).toBeLessThanOrEqual(freeMs);
      }),
    );
  });

  it('windows at the same offsets add nothing for a locked timer', () => {
    const starts = fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(starts, span, losses, (anchors, one, lost) => {
        const many = soakReach(
          anchors.map((at) => quiet('schedule', at * 2000, one)),
          lost,
        );
        expect(many.locked).toEqual(soakReach([quiet('schedule', 0, one)], lost).locked);
      }),
    );
  });

  it('one more window of the same kind takes nothing away', () => {
    fc.assert(
      fc.property(soaks, losses, (windows, lost) => {
        const before = soakReach(windows.slice(0, -1), lost);
        const after = soakReach(windows, lost);
        expect(after.locked[0]?.periodMs ?? 0).toBeGreaterThanOrEqual(
          (before.locked[0]?.periodMs ?? 0) - 1e-6,
        );
        // It is searched for in steps of some accuracy.
        expect(after.freeMs).toBeGreaterThanOrEqual(before.freeMs * 0.999);
      }),
    );
  });

  it('every period up to the longest would have shown itself, locked and free', () => {
    fc.assert(
      fc.property(
        soaks,
        losses,
        fc.double({ min: 0.002, max: 0.9999, noNaN: true }),
        (windows, lost, share) => {
          const { periodMs } = soakReach(windows, lost);
          const triedMs = periodMs * share;
          if (triedMs === 0) return;
          const exposure = windows.flatMap((one) => one.exposure);
          expect(missProbability(triedMs, { exposure, lost })).toBeLessThanOrEqual(0.05 + 1e-9);
          // The timer itself: it starts at each anchor, and the next one starts it anew.
          const seen = windows.reduce((count, one) => {
            const anchorMs = one.anchorMs ?? 0;
            let beats = 0;
            for (const { fromMs, toMs } of one.exposure)
              for (let at = anchorMs + triedMs; at <= toMs; at += triedMs) if (at >= fromMs) beats += 1;
            return count + beats;
          }, 0);
          expect(lost ** seen).toBeLessThanOrEqual(0.05 + 1e-9);
        },
      ),
    );
  });
});
