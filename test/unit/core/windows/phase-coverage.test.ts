import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excludedUpTo, missProbability } from '../../../../src/core/periodicity/exclusion.ts';
import { excludedTogether } from '../../../../src/core/windows/phase-coverage.ts';

const span = (fromS: number, toS: number) => ({ fromMs: fromS * 1000, toMs: toS * 1000 });

describe('spans that lie apart', () => {
  it('exclude far more together than the longest of them', () => {
    // Half of the time is looked at, in stretches of 60 to 180 s that never come at a beat.
    const exposure: ReturnType<typeof span>[] = [];
    for (let at = 0, index = 0; index < 60; index += 1) {
      const lengthS = 60 + ((index * 89) % 121);
      exposure.push(span(at, at + lengthS));
      at += lengthS + 60 + ((index * 53) % 131);
    }
    const longest = excludedUpTo(0.95, { exposure: [span(0, 180)] });
    const together = excludedTogether(0.95, exposure);
    expect(together).toBeGreaterThan(5 * longest);
    for (let periodMs = 1000; periodMs <= together; periodMs += 997)
      expect(missProbability(periodMs, { exposure })).toBeLessThanOrEqual(0.05 + 1e-9);
  });

  it('stop at a period that hides in all holes, whatever longer ones they show', () => {
    const exposure = Array.from({ length: 100 }, (_, index) => span(index * 600, index * 600 + 400));
    const together = excludedTogether(0.95, exposure);
    expect(together).toBeGreaterThan(595_000);
    expect(together).toBeLessThan(600_000);
    expect(missProbability(700_000, { exposure })).toBe(0);
  });

  it('nothing comes of nothing', () => {
    expect(excludedTogether(0.95, [])).toBe(0);
    expect(excludedTogether(0.95, [span(3, 3), span(9, 7)])).toBe(0);
    expect(excludedTogether(0.95, [span(0, 10), span(20, 30)], 1)).toBe(0);
  });

  it('spend a bounded time on a long soak', () => {
    const exposure: ReturnType<typeof span>[] = [];
    for (let at = 0, index = 0; index < 20_000; index += 1) {
      exposure.push(span(at, at + 15 + ((index * 7) % 31)));
      at += 60 + ((index * 11) % 37);
    }
    expect(excludedTogether(0.95, exposure)).toBeGreaterThan(45_000);
  });

  it('one of them excludes what its own formula says, several at least as much as the search without steps', () => {
    const spans = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 0, max: 200 })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        spans,
        fc.constantFrom(0, 0.1, 0.4),
        fc.double({ min: 0.001, max: 1, noNaN: true }),
        (given, lost, share) => {
          let at = 1e6;
          const exposure = given.map(([seen, hole]) => {
            at += hole + seen;
            return span(at - seen, at);
          });
          const together = excludedTogether(0.95, exposure, lost);
          const alone = excludedUpTo(0.95, { exposure, lost });
          expect(together).toBeGreaterThanOrEqual(alone - 1e-6);
          if (given.length === 1)
            expect(together).toBe(
              excludedUpTo(0.95, { exposure: [{ fromMs: 0, toMs: given[0]![0] * 1000 }], lost }),
            );
          expect(missProbability(together * share, { exposure, lost })).toBeLessThanOrEqual(0.05 + 1e-9);
        },
      ),
      { numRuns: 200 },
    );
  });
});
