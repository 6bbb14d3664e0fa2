import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseLastPid } from '../../../src/core/parse/proc-loadavg.ts';
import { Procfs } from '../../../src/os/procfs.ts';
import { isGivenBetween, Newcomers } from '../../../src/targets/newcomers.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'idleproof-newcomers-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const setLastPid = (pid: number): void =>
  writeFileSync(join(root, 'loadavg'), `0.00 0.01 0.05 1/90 ${pid}\n`);
const addProcess = (pid: number): void => {
  mkdirSync(join(root, `${pid}`));
  writeFileSync(join(root, `${pid}/stat`), `${pid} (x) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 ${pid} 0`);
};

describe('Newcomers', () => {
  it('reads only what was created since, and nothing when nothing was', () => {
    for (const pid of [1, 50, 100]) addProcess(pid);
    setLastPid(100);
    const newcomers = new Newcomers(new Procfs(root));
    expect([...newcomers.read(true).keys()].sort((a, b) => a - b)).toEqual([1, 50, 100]);
    expect(newcomers.read(false).size).toBe(0);
    addProcess(103);
    setLastPid(104);
    expect([...newcomers.read(false).keys()]).toEqual([103]);
    expect(newcomers.read(false).size).toBe(0);
    expect(newcomers.unsettled).toBe(false);
  });

  it('follows pids that begin anew', () => {
    setLastPid(32_700);
    const newcomers = new Newcomers(new Procfs(root));
    newcomers.read(true);
    for (const pid of [200, 310, 500, 32_699, 32_750]) addProcess(pid);
    setLastPid(320);
    expect([...newcomers.read(false).keys()].sort((a, b) => a - b)).toEqual([200, 310, 32_750]);
  });

  it('lists again while processes are being created, and goes on at the next look', () => {
    addProcess(1);
    let lastPid = 100;
    class Busy extends Procfs {
      override read(path: string): string | null {
        return path === 'loadavg' ? `0 0 0 1/1 ${(lastPid += 1)}` : super.read(path);
      }
    }
    const newcomers = new Newcomers(new Busy(root));
    newcomers.read(true);
    expect(newcomers.unsettled).toBe(true);
    expect(lastPid).toBe(104);
  });
});

describe('isGivenBetween', () => {
  it.each([
    [101, 100, 105, true],
    [105, 100, 105, true],
    [100, 100, 105, false],
    [106, 100, 105, false],
    [32_767, 32_760, 310, true],
    [300, 32_760, 310, true],
    [32_760, 32_760, 310, false],
    [311, 32_760, 310, false],
  ])('%i after %i up to %i: %s', (pid, from, to, expected) =>
    expect(isGivenBetween(pid, from, to)).toBe(expected),
  );
});

describe('parseLastPid', () => {
  it('takes the fifth field', () => {
    expect(parseLastPid('0.20 0.18 0.12 1/80 11206\n')).toBe(11_206);
    expect(() => parseLastPid('')).toThrow('not a line of /proc/loadavg');
  });
});
