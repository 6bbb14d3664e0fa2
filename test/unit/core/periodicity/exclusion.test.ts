import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excludedUpTo, missProbability } from '../../../../src/core/periodicity/exclusion.ts';

const span = (fromS: number, toS: number) => ({ fromMs: fromS * 1000, toMs: toS * 1000 });
const minute = { exposure: [span(0, 60)] };

describe('a beat with any phase', () => {
  it.each([
    [30, 0, 0],
    [60, 0, 0],
    [300, 0, 0.8],
    [60, 0.1, 0.1],
    [40, 0.1, 0.5 * 0.1 + 0.5 * 0.01],
    [300, 0.1, 1 - 0.9 / 5],
  ])('of %d s, each lost with %d, is missed in a minute with chance %d', (seconds, lost, chance) => {
    expect(missProbability(seconds * 1000, { ...minute, lost })).toBeCloseTo(chance, 12);
  });

  it.each([
    [60, 0, 60 / 0.95],
    [285, 0, 300],
    [300 * (1 + 0.05 / 0.09), 0.1, 300],
    [60, 0.5, 60 / 4.4],
  ])('a window of %d s with losses of %d excludes up to %d s at 95 %%', (seconds, lost, excluded) => {
    expect(excludedUpTo(0.95, { exposure: [span(0, seconds)], lost }) / 1000).toBeCloseTo(excluded, 6);
  });

  it('windows of one run add up', () => {
    expect(excludedUpTo(0.95, { exposure: [span(0, 60), span(100, 160)] })).toBeGreaterThan(63_158);
    expect(missProbability(300_000, { exposure: [span(0, 60), span(100, 160)] })).toBeCloseTo(0.6, 12);
  });

  it('a period that the holes hide is not excluded, nor are longer ones', () => {
    // Looked at in the first half of every minute: a beat of a minute falls into the holes half of the time.
    const exposure = Array.from({ length: 20 }, (_, index) => span(index * 60, index * 60 + 30));
    expect(missProbability(60_000, { exposure })).toBeCloseTo(0.5, 9);
    expect(missProbability(47_000, { exposure })).toBe(0);
    const excluded = excludedUpTo(0.95, { exposure });
    expect(excluded).toBeGreaterThanOrEqual(30_000);
    expect(excluded).toBeLessThan(60_000);
  });

  it('nothing is excluded without an exposure, or by losses of all', () => {
    expect(excludedUpTo(0.95, { exposure: [] })).toBe(0);
    expect(excludedUpTo(0.95, { exposure: [span(5, 5), span(9, 7)] })).toBe(0);
    expect(excludedUpTo(0.95, { ...minute, lost: 1 })).toBe(0);
    expect(excludedUpTo(1, { ...minute, lost: 0.1 })).toBe(0);
    expect(missProbability(Number.NaN, minute)).toBe(1);
    expect(missProbability(0, minute)).toBe(1);
  });

  it('all that is called excluded is so, and the chance is that of trying phases', () => {
    const gaps = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 60 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        gaps,
        fc.constantFrom(0, 0.1, 0.4),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (lengths, lost, share) => {
          let at = 0;
          const exposure = lengths.map(([seen, hole]) => {
            const one = span(at, at + seen);
            at += seen + hole;
            return one;
          });
          const excluded = excludedUpTo(0.9, { exposure, lost });
          const periodMs = excluded * share;
          expect(missProbability(periodMs, { exposure, lost })).toBeLessThanOrEqual(0.1 + 1e-9);
          if (periodMs < 500) return;
          const phases = 400;
          let missed = 0;
          for (let phase = 0; phase < phases; phase += 1) {
            let seen = 0;
            for (let beat = ((phase + 0.5) / phases) * periodMs; beat < at * 1000; beat += periodMs) {
              if (exposure.some(({ fromMs, toMs }) => beat >= fromMs && beat < toMs)) seen += 1;
            }
            missed += lost ** seen / phases;
          }
          const margin = (2 * exposure.length) / phases;
          expect(Math.abs(missProbability(periodMs, { exposure, lost }) - missed)).toBeLessThan(margin);
        },
      ),
    );
  });
});

describe('a beat that is locked to the launch', () => {
  it('needs a window longer than the period', () => {
    const quiet = { ...minute, lockedAtMs: 0 };
    expect(missProbability(59_000, quiet)).toBe(0);
    expect(missProbability(60_000, quiet)).toBe(1);
    expect(excludedUpTo(0.95, quiet)).toBeCloseTo(60_000, 6);
  });

  it('shows itself in a window that begins later', () => {
    const quiet = { exposure: [span(100, 160)], lockedAtMs: 0 };
    // 80 s beats at 80 and 160; 50 s at 100 and 150; 81 s at 81 and 162.
    expect(missProbability(79_000, quiet)).toBe(0);
    expect(missProbability(81_000, quiet)).toBe(1);
    expect(excludedUpTo(0.95, quiet)).toBeCloseTo(80_000, 6);
  });

  it('needs as many beats as losses ask for', () => {
    expect(excludedUpTo(0.95, { ...minute, lockedAtMs: 0, lost: 0.1 })).toBeCloseTo(30_000, 6);
  });

  it('excludes nothing where the window ends before the launch', () => {
    expect(excludedUpTo(0.95, { ...minute, lockedAtMs: 70_000 })).toBe(0);
  });
});
