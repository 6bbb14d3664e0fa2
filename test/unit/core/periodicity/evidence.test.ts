import { describe, expect, it } from 'vitest';
import { gatherEvidence } from '../../../../src/core/periodicity/evidence.ts';
import { placeEvents } from '../../../../src/core/periodicity/exposure.ts';
import { judge } from '../../../../src/core/periodicity/judgement.ts';
import { findPeriods } from '../../../../src/core/periodicity/periods.ts';
import { arrivals, clock, random, renewal } from './series.ts';

const windowMs = 3_600_000;
const exposure = [{ fromMs: 0, toMs: windowMs }];
const merged = (...all: readonly (readonly number[])[]): number[] => all.flat().sort((a, b) => a - b);

/** Series that are long enough for the bound, from no period at all to one that nobody can overlook. */
const SERIES = Array.from({ length: 6 }, (_, seed) => {
  const draw = random(seed + 1);
  const noise = arrivals(draw, 2400, windowMs);
  const bursts = noise.filter((atMs) => draw() < 0.8 + 0.2 * Math.sin(atMs / 30_000));
  return [
    ['random arrivals', noise],
    ['coloured noise', bursts],
    ['a weak clock in noise', merged(noise, clock(draw, { periodMs: 9000, jitter: 0.1, windowMs }))],
    ['a clock in noise', merged(noise, clock(draw, { periodMs: 6000, jitter: 0.01, windowMs }))],
    [
      'a chain in noise',
      merged(noise.slice(0, 1600), renewal(draw, { periodMs: 5000, jitter: 0.2, windowMs })),
    ],
  ] as const;
}).flat();

describe('phase evidence that is only bounded', () => {
  it.each(SERIES)('of %s is never less than what it is', (_, timesMs) => {
    const placed = placeEvents(timesMs, exposure);
    const whole = gatherEvidence(placed, exposure, 1e-3);
    const bounded = gatherEvidence(placed, exposure, 1e-3, () => false);
    expect(whole?.series.count).toBeGreaterThan(1024);
    expect(bounded?.phase.logRatio).toBeGreaterThanOrEqual(whole?.phase.logRatio ?? Number.NaN);
    expect(bounded?.chain).toEqual(whole?.chain);
  });

  it.each(SERIES)('of %s changes no judgement', (_, timesMs) => {
    const whole = gatherEvidence(placeEvents(timesMs, exposure), exposure, 1e-3);
    const falseAlarmProbability = whole === null ? Number.NaN : judge(whole).falseAlarmProbability;
    for (const alpha of [0.05, 0.01, 1e-6]) {
      const [first] = findPeriods({ timesMs, exposure }, { alpha, maxPeriods: 1, resolutionMs: 1e-3 });
      expect(first?.falseAlarmProbability).toBe(
        falseAlarmProbability <= alpha ? falseAlarmProbability : undefined,
      );
    }
  });
});
