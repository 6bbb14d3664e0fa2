import { setTimeout as sleep } from 'node:timers/promises';
import { getTasks } from 'node-cron';
import { describe, expect, it } from 'vitest';
import { onCron } from '../../../src/daemon/cron.ts';
import { until } from '../../support/until.ts';

describe('cron', () => {
  it('tells of a time at which the loop was busy, late, and how late', async () => {
    const late: number[] = [];
    const { stop } = onCron('* * * * * *', null, (lateMs) => late.push(lateMs));
    await sleep(50);
    const untilMs = Date.now() + 3_500;
    while (Date.now() < untilMs);
    await until(() => late.length >= 4);
    stop();
    expect(Math.max(...late)).toBeGreaterThan(1_000);
    const count = late.length;
    await sleep(1_200);
    expect(late).toHaveLength(count);
  });

  it('keeps nothing of what was stopped', () => {
    const before = getTasks().size;
    for (let day = 0; day < 5; day += 1) onCron('0 2 * * *', 'Europe/Berlin', () => {}).stop();
    expect(getTasks().size).toBe(before);
  });

  it('tells when it comes true next', () => {
    const { stop, nextMs } = onCron('0 2 * * *', 'UTC', () => {});
    const next = new Date(nextMs() ?? 0);
    expect([next.getUTCHours(), next.getUTCMinutes(), next.getTime() > Date.now()]).toEqual([2, 0, true]);
    stop();
  });
});
