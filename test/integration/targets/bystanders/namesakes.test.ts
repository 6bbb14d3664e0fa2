import { copyFileSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Selector } from '../../../../src/model/target.ts';
import { Procfs } from '../../../../src/os/procfs.ts';
import { readStat } from '../../../../src/targets/process-table.ts';
import { resolveTargets, type TargetSet } from '../../../../src/targets/target-set.ts';
import { until } from '../../../support/until.ts';
import { isRunning, type Stage, setStage, spec } from '../programs.ts';

let stage: Stage;
/** A program that nobody else runs. */
let program: string;
beforeEach(() => {
  stage = setStage();
  program = join(stage.folder, `worker${process.pid % 100_000}`);
  copyFileSync('/bin/sleep', program);
});
afterEach(() => stage.clear());

async function start(file: string, seconds: string): Promise<number> {
  let pid = 0;
  const isUp = (): boolean =>
    pid === 0 || readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith(`${file}\0`);
  const child = await stage.start(file, [seconds], isUp);
  pid = child.pid as number;
  while (!isUp());
  return pid;
}

const nobody: ReadonlySet<number> = new Set();
const look = (set: TargetSet, full: boolean) =>
  set.refresh({ nowMs: Date.now(), previousMs: null, moved: nobody, gone: nobody, full });

describe('another process that comes, and to which the selector leads as well', () => {
  it.each<[string, () => Selector]>([
    ['name', () => ({ by: 'name', name: basename(program) })],
    ['cmdline', () => ({ by: 'cmdline', pattern: `^${program} 30\\d$` })],
  ])('%s: is named, and disturbs the target while it is there', async (by, select) => {
    const selfPid = await stage.standIn();
    await start(program, '300');
    const set = resolveTargets([spec('app', select())], {
      procfs: new Procfs(),
      nowMs: () => Date.now(),
      selfPid,
    });
    expect(look(set, true).disturbances).toEqual([]);
    await start('/bin/sleep', '301');
    expect(look(set, true).disturbances).toEqual([]);
    const pid = await start(program, '302');
    const disturbance = {
      target: 'app',
      kind: 'ambiguous',
      detail: expect.stringMatching(`process ${pid} .* is not watched: .*${by} .* leads to it as well`),
    };
    expect(look(set, true).disturbances).toEqual([disturbance]);
    const named = { pid, appeared: true, reason: expect.stringContaining('leads to it as well') };
    expect(set.reports()[0]?.orphans).toContainEqual(expect.objectContaining(named));
    expect(look(set, false).disturbances).toEqual([disturbance]);
    process.kill(pid, 'SIGKILL');
    await until(() => look(set, false).disturbances.length === 0);
    expect(set.processes).toHaveLength(1);
  });

  it('is found when it is told that it executed the program, before a look comes across it', async () => {
    const procfs = new Procfs();
    const selfPid = await stage.standIn();
    await start(program, '300');
    const set = resolveTargets([spec('app', { by: 'name', name: basename(program) })], {
      procfs,
      nowMs: () => Date.now(),
      selfPid,
    });
    look(set, true);
    const pid = await start(program, '301');
    expect(look(set, false).disturbances).toEqual([]);
    const executedTicks = readStat(procfs, pid)?.startTicks ?? 0;
    set.suspect({ target: 'app', pid, filename: program, executedTicks });
    expect(look(set, false).disturbances).toMatchObject([{ kind: 'ambiguous' }]);
    expect(look(set, true).disturbances).toHaveLength(1);
  });

  it('is no stranger any more from when it takes over', async () => {
    const procfs = new Procfs();
    const selfPid = await stage.standIn();
    const first = await start(program, '300');
    const set = resolveTargets([spec('app', { by: 'name', name: basename(program) })], {
      procfs,
      nowMs: () => Date.now(),
      selfPid,
    });
    const second = await start(program, '301');
    const executedTicks = readStat(procfs, second)?.startTicks ?? 0;
    look(set, true);
    set.suspect({ target: 'app', pid: second, filename: program, executedTicks });
    // Who had its number before is somebody else.
    set.suspect({ target: 'app', pid: second, filename: program, executedTicks: executedTicks - 1 });
    expect(set.reports()[0]?.orphans).toMatchObject([
      { pid: second, reason: expect.stringContaining('leads') },
    ]);
    process.kill(first, 'SIGKILL');
    await until(() => !isRunning(first));
    const gone = new Set(set.processes.map(({ id }) => id));
    set.refresh({ nowMs: Date.now(), previousMs: null, moved: nobody, gone, full: true });
    expect(set.processes.map(({ pid }) => pid)).toEqual([second]);
    expect(set.reports()[0]?.orphans).toMatchObject([{ reason: expect.stringContaining('had ended') }]);
  });
});
