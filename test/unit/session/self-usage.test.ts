import { describe, expect, it } from 'vitest';
import { measureSelf } from '../../../src/session/self-usage.ts';

describe('what the watchdog itself uses', () => {
  it('is from when the measuring began, with what only it knows', () => {
    const stop = measureSelf();
    const before = process.resourceUsage();
    let sum = 0;
    while (process.resourceUsage().userCPUTime - before.userCPUTime < 5000) sum += Math.random();
    expect(sum).toBeGreaterThan(0);
    const report = stop(4);
    expect(report.connectionsOpened).toBe(4);
    expect(report.cpuSeconds).toBeGreaterThanOrEqual(0.005);
    expect(report.cpuSeconds).toBeLessThanOrEqual(
      (process.resourceUsage().userCPUTime + process.resourceUsage().systemCPUTime) / 1e6,
    );
    expect(report.rssBytes).toBeGreaterThan(1e6);
    expect((report.readBytes ?? -1) % 512).toBe(0);
    expect((report.writtenBytes ?? -1) % 512).toBe(0);
  });
});
