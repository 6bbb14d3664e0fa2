import { describe, expect, it } from 'vitest';
import { nameCycle } from '../../../../src/core/periodicity/cycle.ts';
import { filledPlace } from '../../../../src/core/periodicity/lattice.ts';
import { fitPeriod } from '../../../../src/core/periodicity/period-fit.ts';
import { clock, random, renewal } from './series.ts';

describe('a fit', () => {
  it('needs two gaps', () => {
    expect(fitPeriod([[0, 1000]], 1000)).toBeNull();
    expect(fitPeriod([], 1000)).toBeNull();
  });

  it('counts lost beats as steps', () => {
    const fit = fitPeriod([[0, 1000, 2000, 5000, 6000, 8000]], 1010);
    expect(fit?.period).toBeCloseTo(1000, 9);
    expect(fit?.model).toBe('clock');
  });

  it('has one slope for runs of different phases', () => {
    const fit = fitPeriod([[0, 1000, 2000], [2400, 3400, 4400, 5400], [9000]], 1000);
    expect(fit?.period).toBeCloseTo(1000, 9);
  });

  it.each([
    ['clock', clock, 0.12],
    ['renewal', renewal, 0.12],
  ] as const)('of a %s covers the true period about as often as it says', (_, make, jitter) => {
    const draw = random(8);
    let inside = 0;
    for (let run = 0; run < 300; run += 1) {
      const fit = fitPeriod([make(draw, { periodMs: 30_000, jitter })], 30_000);
      if (fit !== null && Math.abs(fit.period - 30_000) <= fit.uncertainty) inside += 1;
    }
    expect(inside / 300).toBeGreaterThan(0.9);
  });
});

describe('a cycle of gaps', () => {
  const cumulate = (gaps: number[]): number[] => {
    let at = 0;
    return [0, ...gaps.map((gap) => (at += gap))];
  };

  it('is named by its sum', () => {
    const gaps = Array.from({ length: 12 }, (_, index) => [9000, 14_000, 4000][index % 3] as number);
    const { period, runs } = nameCycle([cumulate(gaps)], 9000);
    expect(period).toBeCloseTo(27_000, 6);
    expect(runs).toHaveLength(3);
  });

  it('gaps that are all of two steps have twice the period', () => {
    expect(nameCycle([cumulate(Array.from({ length: 10 }, () => 2000))], 1000).period).toBe(2000);
  });

  it('is not seen in jitter', () => {
    const draw = random(6);
    for (let run = 0; run < 200; run += 1) {
      expect(nameCycle([renewal(draw, { periodMs: 30_000, jitter: 0.2 })], 30_000).period).toBe(30_000);
    }
  });
});

describe('a grid that timers fill', () => {
  const grid = (length: number, ...periods: number[]): boolean[] =>
    Array.from({ length }, (_, step) => periods.some((period) => step % period === 0));

  it('is one of the timers', () => {
    expect(filledPlace(grid(60, 3, 5, 7))).toEqual({ multiple: 3, rest: 0 });
  });

  it('stays a grid where beats are lost at random, and where it is full', () => {
    const draw = random(9);
    for (let run = 0; run < 200; run += 1) {
      expect(filledPlace(Array.from({ length: 40 }, () => draw() < 0.6))).toBeNull();
    }
    expect(filledPlace(grid(30, 1))).toBeNull();
  });

  it('what nobody saw is not empty', () => {
    const holes = grid(60, 3, 5, 7).map((filled, step) => (step >= 20 && step < 27 ? null : filled));
    expect(filledPlace(holes)).toEqual({ multiple: 3, rest: 0 });
    expect(filledPlace([])).toBeNull();
  });
});
