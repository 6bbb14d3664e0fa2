import { describe, expect, it } from 'vitest';
import { Wakers } from '../../../../../src/collectors/linux/trace/wakers.ts';
import type { KernelRecord } from '../../../../../src/model/kernel-record.ts';

const parts = {
  targetOf: (tid: number) => (tid === 100 ? 'app' : null),
  processOf: () => 1,
  nameOf: () => 'app',
  toMs: (ns: number) => ns / 1e6,
};

/** Beats of a thread that sleeps for 10 ms in poll. */
function beats(count: number, fromMs = 0): KernelRecord[] {
  return Array.from({ length: count }, (_, beat) => {
    const ms = fromMs + beat * 10;
    const base = { tid: 100, context: 'task' as const };
    return [
      { ...base, event: 'sleep' as const, atNs: ms * 1e6, call: 'poll', timeoutMs: 10 },
      {
        event: 'waking' as const,
        tid: 0,
        context: 'hardirq' as const,
        atNs: (ms + 10) * 1e6,
        wokenTid: 100,
        wokenName: 'app',
      },
    ];
  }).flat();
}

function started(): Wakers {
  const wakers = new Wakers(parts);
  expect(wakers.dueAtMs).toBe(Number.POSITIVE_INFINITY);
  wakers.start(0);
  return wakers;
}

describe('wakes', () => {
  it('are counted exactly while there are few', () => {
    const wakers = started();
    expect(wakers.look(1000, beats(50), true)).toBe(true);
    expect(wakers.take(1000, [1])).toMatchObject([
      { count: 50, sampledShare: 1, call: 'poll', wokenBy: 'timer' },
    ]);
    expect(wakers.take(2000, [1])).toEqual([]);
  });

  it('thin out where they are many, say of how much of the time they tell, and are due again', () => {
    const wakers = started();
    expect(wakers.look(1000, beats(1001), true)).toBe(false);
    expect(wakers.dueAtMs).toBe(10_000);
    expect(wakers.look(5000, [], true)).toBe(false);
    expect(wakers.look(10_000, [], true)).toBe(true);
    expect(wakers.dueAtMs).toBe(Number.POSITIVE_INFINITY);
    const [stretch, rest] = wakers.take(10_000, [1]);
    expect(stretch).toMatchObject({ count: 1001 });
    expect(stretch?.sampledShare).toBeCloseTo(0.1, 5);
    expect(rest).toMatchObject({ processId: 1, count: 0, sampledShare: 0, fromMs: 1000, toMs: 10_000 });
  });

  it('are unknown, and said to be, of every process for a time in which none were recorded', () => {
    const wakers = started();
    wakers.look(1000, beats(1001), true);
    wakers.take(1000, [1]);
    wakers.look(5000, [], true);
    expect(wakers.take(5000, [1, 2])).toMatchObject([
      { processId: 1, count: 0, sampledShare: 0, fromMs: 1000, toMs: 5000, timesMs: [] },
      { processId: 2, count: 0, sampledShare: 0, fromMs: 1000, toMs: 5000, timesMs: [] },
    ]);
  });

  it('are not connected across records that were lost', () => {
    const wakers = started();
    wakers.look(1000, beats(1).slice(0, 1), true);
    wakers.look(2000, beats(1).slice(1), false);
    expect(wakers.take(2000, [1])).toMatchObject([
      { call: null, timeoutMs: null, count: 1 },
      { count: 0, sampledShare: 0, fromMs: 1000, toMs: 2000 },
    ]);
  });

  it('do not count other records as wakes', () => {
    const wakers = started();
    const exits: KernelRecord[] = Array.from({ length: 5000 }, (_, tid) => ({
      event: 'exit',
      tid: 10_000 + tid,
      atNs: 1,
      context: 'task',
      name: 'x',
      isLast: true,
    }));
    expect(wakers.look(1000, exits, true)).toBe(true);
  });
});
