import { describe, expect, it } from 'vitest';
import { WakeBudget } from '../../../../../src/collectors/linux/trace/wake-budget.ts';

describe('WakeBudget', () => {
  it('records all of a program that wakes seldom', () => {
    const budget = new WakeBudget(0);
    for (let second = 1; second <= 60; second += 1) expect(budget.look(second * 1000.1, 2000)).toBe(true);
    expect(budget.take(60 * 1000.1).share).toBe(1);
    expect(budget.dueAtMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('records a tenth of one that wakes all the time', () => {
    const budget = new WakeBudget(0);
    const on = Array.from({ length: 100 }, (_, second) =>
      budget.look((second + 1) * 1000, budget.isOn ? 50_000 : 0),
    );
    expect(on.filter(Boolean)).toHaveLength(10);
    expect(budget.take(100_000).share).toBeCloseTo(0.1);
  });

  it('says when it wants to look again, and records all once it is quiet', () => {
    const budget = new WakeBudget(0);
    expect(budget.look(1000, 2001)).toBe(false);
    expect(budget.dueAtMs).toBe(10_000);
    expect(budget.look(9999, 0)).toBe(false);
    expect(budget.look(10_000, 0)).toBe(true);
    expect(budget.look(11_000, 10)).toBe(true);
    expect(budget.take(20_000).share).toBeCloseTo(0.55);
    budget.look(30_000, 10);
    expect(budget.take(30_000).share).toBe(1);
  });

  it('has a share of nothing where nothing was recorded', () => {
    const budget = new WakeBudget(0);
    budget.look(100_000, 5000);
    budget.take(100_000);
    budget.look(200_000, 0);
    expect(budget.take(200_000)).toEqual({ share: 0, unrecorded: { fromMs: 100_000, toMs: 200_000 } });
  });

  it('tells from when to when it did not record, once', () => {
    const budget = new WakeBudget(0);
    budget.look(1000, 2001);
    expect(budget.take(1000)).toEqual({ share: 1, unrecorded: null });
    budget.look(2000, 0);
    budget.look(10_000, 0);
    budget.look(20_000, 10);
    expect(budget.take(20_000).unrecorded).toEqual({ fromMs: 1000, toMs: 10_000 });
    budget.look(30_000, 10);
    expect(budget.take(30_000).unrecorded).toBeNull();
  });

  it('does not leave a program alone for hours because it was quiet for one before it woke often', () => {
    const budget = new WakeBudget(0);
    budget.look(3_600_000, 5000);
    expect(budget.dueAtMs).toBe(3_645_000);
  });

  it('counts the time of lost records as if nothing had been recorded', () => {
    const budget = new WakeBudget(0);
    budget.look(10_000, 10);
    expect(budget.look(20_000, 10, false)).toBe(true);
    budget.look(40_000, 10);
    expect(budget.take(40_000).share).toBeCloseTo(0.75);
  });
});
