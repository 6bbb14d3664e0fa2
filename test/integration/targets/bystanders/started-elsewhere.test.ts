import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Selector, TargetReport } from '../../../../src/model/target.ts';
import { Procfs } from '../../../../src/os/procfs.ts';
import { readStat } from '../../../../src/targets/process-table.ts';
import { resolveTargets, type TargetSet } from '../../../../src/targets/target-set.ts';
import { setStage, type Stage, spec } from '../programs.ts';

const procfs = new Procfs();
/** Above the range of pids. */
const NOBODY = 2 ** 22 + 1;
let stage: Stage;
beforeEach(() => {
  stage = setStage();
});
afterEach(() => stage.clear());

const sleeper = (seconds: string): Promise<ChildProcess> => stage.start('sleep', [seconds], () => true);
const ticksOf = (pid: number): number => readStat(procfs, pid)?.startTicks ?? 0;

async function targets(
  select: (pid: number) => Selector,
  options: { tree?: boolean; selfPid?: number } = {},
): Promise<TargetSet> {
  const { pid = 0 } = await sleeper('300.1');
  const selfPid = options.selfPid ?? (await stage.standIn());
  return resolveTargets([spec('app', select(pid), options.tree)], {
    procfs,
    nowMs: () => Date.now(),
    selfPid,
  });
}

const byPid = (pid: number): Selector => ({ by: 'pid', pid });
const reportOf = (set: TargetSet): TargetReport => set.reports(true)[0]!;
const gone = (executedTicks: number): Parameters<TargetSet['suspect']>[0] => ({
  target: 'app',
  pid: NOBODY,
  filename: '/usr/bin/sleep\n',
  executedTicks,
});

describe('a target’s program, started by somebody else', () => {
  it('is a stranger that ended, where it is gone or its number was given again', async () => {
    const set = await targets(byPid);
    set.suspect(gone(1));
    const { pid = 0 } = await sleeper('300.2');
    set.suspect({ target: 'app', pid, filename: 'sleep', executedTicks: ticksOf(pid) - 1 });
    const { orphans } = reportOf(set);
    expect(orphans.map((one) => one.pid)).toEqual([NOBODY, pid]);
    for (const { reason, appeared } of orphans) {
      expect(reason).toContain('had ended before a look found it');
      expect(appeared).toBe(true);
    }
    expect(orphans[0]?.cmdline).not.toContain('\n');
  });

  it('is a stranger with its command line, where it lives and is not watched', async () => {
    const set = await targets(byPid);
    const { pid = 0 } = await sleeper('300.2');
    set.suspect({ target: 'app', pid, filename: 'sleep', executedTicks: ticksOf(pid) });
    const reason = "the target's program was started outside of its tree";
    expect(reportOf(set).orphans).toEqual([
      { pid, name: 'sleep', cmdline: 'sleep 300.2', reason, appeared: true },
    ]);
  });

  it('is none where it is watched, or the watchdog started it', async () => {
    const watched = await targets(byPid);
    const pid = watched.processes[0]?.pid ?? 0;
    watched.suspect({ target: 'app', pid, filename: 'sleep', executedTicks: ticksOf(pid) });
    expect(reportOf(watched).orphans).toEqual([]);
    // The target runs elsewhere: nothing that descends from the watchdog can be one.
    const hasBegun = `[ "$(tr '\\0' ' ' < /proc/$!/cmdline)" = 'sleep 300.4 ' ]`;
    const shell = spawn('sh', ['-c', `sleep 300.4 & until ${hasBegun}; do :; done`], { stdio: 'ignore' });
    await once(shell, 'exit');
    const select: Selector = { by: 'cmdline', pattern: '^sleep 300[.]4$' };
    const set = resolveTargets([spec('app', select)], {
      procfs,
      nowMs: () => Date.now(),
      selfPid: process.pid,
    });
    for (const process of set.processes) stage.alsoKill(process.pid);
    const own = await sleeper('300.2');
    const ownPid = own.pid ?? 0;
    set.suspect({ target: 'app', pid: ownPid, filename: 'sleep', executedTicks: ticksOf(ownPid) });
    expect(reportOf(set).orphans).toEqual([]);
  });

  it('is none of a target without a tree, nor of one that is not there', async () => {
    const set = await targets(byPid, { tree: false });
    set.suspect(gone(1));
    set.suspect({ ...gone(2), target: 'other' });
    set.missStarts();
    expect(reportOf(set).orphans).toEqual([]);
    expect(reportOf(set).notes.join()).not.toContain('not all seen');
  });

  it('is counted where there are many, and what was missed is said', async () => {
    const set = await targets(byPid);
    expect(reportOf(set).notes).toEqual([]);
    for (let ticks = 0; ticks < 25; ticks += 1) set.suspect(gone(ticks));
    set.missStarts();
    expect(reportOf(set).orphans).toHaveLength(10);
    expect(reportOf(set).notes).toEqual([
      'its program was started outside of its tree 15 more times',
      'programs that others start were not all seen',
    ]);
  });
});
