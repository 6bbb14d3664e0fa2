import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createLinuxCollectors } from '../../../../../src/collectors/registry.ts';
import type { Look } from '../../../../../src/model/collector.ts';
import { systemClock } from '../../../../../src/os/clock.ts';
import { nativeCpuClock } from '../../../../../src/os/cpu-clock.ts';
import { Procfs } from '../../../../../src/os/procfs.ts';
import { hasTrace } from '../../../../support/tracing.ts';

const BEATS = `
const wait = new Int32Array(new SharedArrayBuffer(4));
for (let beat = 0; beat < 20; beat += 1) Atomics.wait(wait, 0, 0, 10);
console.log('awake');
setInterval(() => {}, 60_000);
`;

describe.skipIf(!hasTrace())('children of the watchdog itself', () => {
  it('wake for no target, also before a look has come across them', async () => {
    const clock = systemClock();
    const { collectors } = createLinuxCollectors({
      procfs: new Procfs(),
      clock: nativeCpuClock(),
      trace: {
        toMs: (ns) => ns / 1e6,
        nowNs: () => (clock.nowMs() - clock.fromBootNs(0)) * 1e6,
        enlist: () => null,
        outside: { suspect: () => {}, missStarts: () => {}, noteEntered: () => [] },
      },
    });
    const trace = collectors.find(({ name }) => name === 'trace')!;
    const look = (previousMs: number | null): Look => ({
      nowMs: clock.nowMs(),
      previousMs,
      full: true,
      processes: [],
      moved: new Set(),
      started: [],
      ended: [],
    });
    let child: ReturnType<typeof spawn> | null = null;
    try {
      trace.probe([]);
      const begunMs = clock.nowMs();
      trace.sample(look(null));
      child = spawn(process.execPath, ['-e', BEATS], { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout!, 'data');
      const { wakes, activities = [] } = trace.sample(look(begunMs));
      // That it was followed: its start is told as the watchdog's own.
      expect(activities).toContainEqual(expect.objectContaining({ op: 'spawn', exe: process.execPath }));
      expect(wakes).toEqual([]);
    } finally {
      trace.stop();
      if (child?.kill('SIGKILL') === true) await once(child, 'exit');
    }
  });
});
