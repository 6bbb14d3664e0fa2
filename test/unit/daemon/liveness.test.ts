import { describe, expect, it } from 'vitest';
import { Liveness, refuseLongTick } from '../../../src/daemon/liveness.ts';

const liveness = (): Liveness => new Liveness({ loopWithinMs: 5_000, storeWithinMs: 20_000 });

describe('liveness', () => {
  it('is not given before the first tick, whatever the store does', () => {
    const one = liveness();
    expect(one.late(0)).toEqual(['loop', 'store']);
    one.alive('store', 0);
    expect(one.late(0)).toEqual(['loop']);
    one.alive('loop', 0);
    expect(one.late(0)).toEqual([]);
  });

  it('ends when the loop ticks and the store answers no more', () => {
    const one = liveness();
    for (let nowMs = 0; nowMs <= 20_000; nowMs += 1_000) one.alive('loop', nowMs);
    expect(one.late(20_000)).toEqual([]);
    one.alive('loop', 20_001);
    expect(one.late(20_001)).toEqual(['store']);
    one.alive('store', 20_002);
    expect(one.late(20_002)).toEqual([]);
  });

  it('ends when the store answers and the loop ticks no more', () => {
    const one = liveness();
    one.alive('loop', 0);
    one.alive('store', 5_001);
    expect(one.late(5_001)).toEqual(['loop']);
  });

  it('does not hold a night of sleep against the store, but what was missing before', () => {
    const one = liveness();
    one.alive('loop', 0);
    for (let nowMs = 1_000; nowMs <= 15_000; nowMs += 1_000) one.alive('loop', nowMs);
    const nightMs = 8 * 3_600_000;
    one.alive('loop', 15_000 + nightMs);
    expect(one.late(15_000 + nightMs)).toEqual([]);
    for (let nowMs = 16_000; nowMs <= 21_000; nowMs += 1_000) one.alive('loop', nightMs + nowMs);
    expect(one.late(nightMs + 21_000)).toEqual(['store']);
  });
});

describe('the tick', () => {
  it.each([
    [1_000, 60_000],
    [20_000, 60_000],
    [3_600_000, null],
  ])('of %i ms is short enough for a watchdog of %s ms', (tickMs, watchdogMs) => {
    expect(() => refuseLongTick(tickMs, watchdogMs)).not.toThrow();
  });

  it.each([
    [
      60_000,
      60_000,
      'A tick of 60 s is too long for a service manager that expects a keep-alive ping every 60 s (WatchdogSec=)',
    ],
    [20_001, 60_000, 'A tick of 20 s'],
    [1_000, 2_000, 'A tick of 1 s'],
  ])('of %i ms is too long for a watchdog of %i ms', (tickMs, watchdogMs, message) => {
    expect(() => refuseLongTick(tickMs, watchdogMs)).toThrow(message);
  });
});
