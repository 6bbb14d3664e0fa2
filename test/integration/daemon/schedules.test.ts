import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Schedules } from '../../../src/daemon/schedules.ts';
import type { ScheduleSpec } from '../../../src/model/window-spec.ts';

const EVERY_MS = 3_000;
const SPEC: ScheduleSpec = {
  id: 'often',
  trigger: 'schedule',
  cron: '*/3 * * * * *',
  timezone: null,
  durationMs: 2_000,
  settleMs: 0,
  minDurationMs: 1_000,
  maxDurationMs: 2_000,
  guardMs: 0,
};

/** Nothing else runs in this thread for so long. */
const block = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
const untilNextMs = (): number => EVERY_MS - (Date.now() % EVERY_MS);

it('comes late where the loop was busy, and tells of what it missed', { timeout: 60_000 }, async () => {
  const missed: number[] = [];
  const schedules = new Schedules(
    [SPEC],
    () => Date.now(),
    (id, atMs) => {
      expect(id).toBe('often');
      missed.push(atMs);
    },
  );
  try {
    block(untilNextMs() + 1_800);
    await sleep(500);
    expect(schedules.take()).toMatchObject([{ id: 'often' }]);
    expect(missed).toEqual([]);
    block(untilNextMs() + EVERY_MS + 1_800);
    await sleep(500);
    expect(schedules.take()).toMatchObject([{ id: 'often' }]);
    expect(missed).toHaveLength(1);
    expect(missed[0]! % EVERY_MS).toBe(0);
  } finally {
    schedules.stop();
  }
});
