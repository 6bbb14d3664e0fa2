import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CronTimer, onCron } from '../../../src/daemon/cron.ts';

const MINUTE_MS = 60_000;
const at = (time: string): number => Date.parse(`2026-11-20T${time}Z`);

/** When it was told, and how late. */
let told: [atMs: number, lateMs: number][];
let timer: CronTimer;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] });
  vi.setSystemTime(at('01:00'));
  told = [];
  timer = onCron('0 2 * * *', 'UTC', (lateMs) => told.push([Date.now(), lateMs]));
});
afterEach(() => {
  timer.stop();
  vi.useRealTimers();
});

/** Time goes on, and timers stand still. */
const sleepUntil = (time: string): unknown => vi.setSystemTime(at(time));

describe('cron, on a host that sleeps', () => {
  it('is told at its time where nobody slept', async () => {
    await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE_MS);
    expect(told).toEqual([[at('02:00'), 0]]);
  });

  it('tells of a time that the host slept through, once, soon after it woke', async () => {
    sleepUntil('05:30');
    await vi.advanceTimersByTimeAsync(10 * 60 * MINUTE_MS);
    expect(told).toHaveLength(1);
    const [[toldMs, lateMs] = [0, 0]] = told;
    expect(toldMs - lateMs).toBe(at('02:00'));
    expect(toldMs).toBeLessThanOrEqual(at('05:31'));
  });

  it('tells of a time after the sleep within a minute, and of the next one at its time', async () => {
    sleepUntil('01:50');
    await vi.advanceTimersByTimeAsync(24 * 60 * MINUTE_MS);
    expect(told).toHaveLength(1);
    const [[toldMs, lateMs] = [0, 0]] = told;
    expect(toldMs - lateMs).toBe(at('02:00'));
    expect(lateMs).toBeLessThan(MINUTE_MS + 5_000);
    await vi.advanceTimersByTimeAsync(60 * MINUTE_MS);
    expect(told.slice(1)).toEqual([[at('02:00') + 24 * 60 * MINUTE_MS, 0]]);
  });

  it('tells nothing once it is stopped', async () => {
    timer.stop();
    sleepUntil('05:30');
    await vi.advanceTimersByTimeAsync(48 * 60 * MINUTE_MS);
    expect(told).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
