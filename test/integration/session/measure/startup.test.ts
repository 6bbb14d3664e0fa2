import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/os/clock.ts';
import type { ProcessKey } from '../../../../src/model/process.ts';
import type { ProbeContext } from '../../../../src/session/measure/plan.ts';
import { probeStartup } from '../../../../src/session/measure/startup.ts';
import { waitForZombie } from '../../../support/zombie.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-startup-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const PLAN = {
  argv: ['sh', '-c', 'echo up; exec sleep 600'],
  ready: { by: 'log', pattern: '^up$' },
  runs: 1,
  states: ['warm'],
  timeoutMs: 60_000,
  id: null,
} as const;

const contextOf = (announce: ProbeContext['announce']): ProbeContext => ({
  clock: systemClock(),
  folder,
  signal: new AbortController().signal,
  onProgress: () => {},
  announce,
  sample: () => {
    throw new Error('nobody is looked at');
  },
  note: () => {},
});

describe('a start', () => {
  it('is one where the app lives on', async () => {
    const { measurements } = await probeStartup(PLAN)(contextOf(() => {}));
    expect(measurements.map(({ name, count, problem }) => [name, count, problem])).toEqual([
      ['startup', 1, null],
      ['startup.cpu', 1, null],
      ['startup.memory', 1, null],
    ]);
  });

  it.each([1, 2])('is none where the app dies when it is ready: start %d', async (which) => {
    let told = 0;
    // Of each start the command is told, and what runs when it is ready.
    const dies = ([first]: readonly ProcessKey[]): void => {
      told += 1;
      if (told !== 2 * which || first === undefined) return;
      process.kill(first.pid, 'SIGKILL');
      waitForZombie(first.pid);
    };
    await expect(probeStartup(PLAN)(contextOf(dies))).rejects.toMatchObject({ code: 'COMMAND_ENDED' });
    expect(told).toBe(2 * which);
  });
});
