import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Steady } from '../../../../../src/collectors/linux/own-network/steady.ts';

describe('Steady', () => {
  it('believes what two readings agree on, and tells it once', () => {
    const count = new Steady(5);
    expect([count.take(7), count.isPending]).toEqual([0, true]);
    expect([count.take(6), count.take(6)]).toEqual([1, 0]);
    expect([count.isPending, count.lost]).toEqual([false, 0]);
  });

  it('does not tell a reading that was caught half-way', () => {
    const count = new Steady(0);
    expect([count.take(1), count.take(0), count.take(0), count.lost]).toEqual([0, 0, 0, 0]);
    expect([count.take(-2), count.take(-2), count.lost]).toEqual([0, 0, 2]);
  });

  it('tells as much as there was in the end, wherever it never went down', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9)), (steps) => {
        const count = new Steady(0);
        let now = 0;
        let told = 0;
        for (const step of steps) told += count.take((now += step));
        told += count.take(now);
        expect(told).toBe(now);
      }),
    );
  });
});
