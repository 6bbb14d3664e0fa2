import { describe, expect, it } from 'vitest';
import { offsetMs, systemClock, threadCpuClock } from '../../../src/os/clock.ts';

describe('systemClock', () => {
  it('is the wall clock to begin with, and only goes forward', async () => {
    const clock = systemClock();
    expect(Math.abs(clock.nowMs() - Date.now())).toBeLessThan(5_000);
    const before = clock.nowMs();
    await clock.sleepUntil(before + 20, new AbortController().signal);
    expect(clock.nowMs()).toBeGreaterThan(before + 15);
    expect(Math.abs(clock.wallDriftMs())).toBeLessThan(5_000);
  });

  it('wakes up when the signal aborts, again and again', async () => {
    const clock = systemClock();
    const controller = new AbortController();
    const before = clock.nowMs();
    const sleeping = clock.sleepUntil(before + 3_600_000, controller.signal);
    controller.abort();
    await sleeping;
    await clock.sleepUntil(before + 3_600_000, controller.signal);
    expect(clock.nowMs()).toBeLessThan(before + 3_000_000);
  });
});

it.each([1, 2, 3, 7, 20])(
  'offsetMs is not led astray by an interruption at the %ith reading of a clock',
  (at) => {
    let nowMs = 0;
    let readings = 0;
    const read = (aheadMs: number) => (): number => {
      readings += 1;
      nowMs += readings === at ? 50 : 0.001;
      return nowMs + aheadMs;
    };
    expect(offsetMs(read(1000), read(0))).toBeCloseTo(1000, 2);
  },
);

it('threadCpuClock grows with work', () => {
  const cpuNs = threadCpuClock();
  const before = cpuNs();
  let sum = 0;
  for (let i = 0; i < 1e6; i += 1) sum += i;
  expect(sum).toBeGreaterThan(0);
  expect(cpuNs()).toBeGreaterThan(before);
});
