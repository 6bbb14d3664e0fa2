import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCgroupMounts } from '../../../src/core/parse/mountinfo.ts';
import type { Selector } from '../../../src/model/target.ts';
import { Procfs } from '../../../src/os/procfs.ts';
import { type Refreshed, resolveTargets, type TargetSet } from '../../../src/targets/target-set.ts';
import { until } from '../../support/until.ts';
import { isRoot, isRunning, type Stage, setStage, spec } from './programs.ts';

const NOBODY: ReadonlySet<number> = new Set();
const mounts = parseCgroupMounts(readFileSync('/proc/self/mountinfo', 'utf8'));
const mount =
  mounts.find(({ version }) => version === 2) ??
  mounts.find(({ mountPoint }) => mountPoint.endsWith('/systemd'));
const can = isRoot && mount !== undefined && isWritable(mount.mountPoint);
const hasCpuTime = can && mount.version === 2;
if (can && !hasCpuTime) console.log('skipped: CPU time is counted by cgroup v2 only, which is not mounted');
if (!can) console.log('skipped: making a cgroup needs root and a cgroup mount that may be written');

/** Processes that the tests put into their cgroups; the folder of a cgroup goes when it is empty. */
let stage: Stage;
let folders: string[];
let pids: number[];
let selfPid: number;

beforeEach(async () => {
  stage = setStage();
  folders = [];
  pids = [];
  selfPid = await stage.standIn();
});
afterEach(async () => {
  for (const pid of pids) {
    if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  }
  await until(() => pids.every((pid) => !isRunning(pid)));
  for (const folder of folders.toReversed()) await until(() => tryRemove(folder));
  await stage.clear();
});

function makeCgroup(name: string): string {
  const folder = join(mount?.mountPoint ?? '', name);
  mkdirSync(folder);
  folders.push(folder);
  return folder;
}

async function startIn(folder: string): Promise<number> {
  const child = spawn('sleep', ['300'], { stdio: 'ignore' });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  pids.push(pid);
  writeFileSync(join(folder, 'cgroup.procs'), `${pid}`);
  return pid;
}

const resolve = (select: Selector): TargetSet => {
  const set = resolveTargets([spec('app', select)], {
    procfs: new Procfs(),
    nowMs: () => Date.now(),
    selfPid,
  });
  look(set);
  return set;
};

const look = (set: TargetSet, change: { full?: boolean; gone?: number[] } = {}): Refreshed =>
  set.refresh({
    nowMs: Date.now(),
    previousMs: null,
    moved: NOBODY,
    gone: new Set(change.gone),
    full: change.full ?? false,
  });

/** Whether somebody ran there since the look before; looks, if so. */
function isStirred(set: TargetSet): boolean {
  if (!set.hasStirred()) return false;
  look(set);
  return true;
}

describe.skipIf(!can)('a cgroup as a target (a real one, made for the test)', () => {
  const tag = `idleproof-test-${process.pid}`;

  it('by its path, and by its folder: everything in it and below', async () => {
    const folder = makeCgroup(`${tag}-a`);
    const below = makeCgroup(`${tag}-a/inner`);
    const first = await startIn(folder);
    const second = await startIn(below);
    for (const cgroup of [`/${tag}-a`, folder, `${folder}/`]) {
      const { processes } = resolve({ by: 'cgroup', cgroup });
      expect(processes.map(({ pid, membership }) => [pid, membership])).toEqual([
        [first, 'root'],
        [second, 'root'],
      ]);
    }
  });

  it('is followed: who comes into it belongs to it, and it may be left and entered again', async () => {
    const folder = makeCgroup(`${tag}-b.service`);
    const first = await startIn(folder);
    const set = resolve({ by: 'unit', unit: `${tag}-b` });
    expect(set.processes.map(({ pid }) => pid)).toEqual([first]);
    const second = await startIn(folder);
    expect(look(set, { full: true }).started).toMatchObject([{ pid: second, membership: 'cgroup' }]);
    for (const pid of [first, second]) process.kill(pid, 'SIGKILL');
    await until(() => !isRunning(first) && !isRunning(second));
    const gone = look(set, { gone: [1, 2] });
    expect(gone.ended).toHaveLength(2);
    expect(gone.disturbances).toMatchObject([{ kind: 'absent' }]);
    const third = await startIn(folder);
    expect(look(set).started).toMatchObject([{ pid: third, membership: 'root' }]);
  });

  it.skipIf(!hasCpuTime)('tells of those who come and go while nobody in it runs', async () => {
    const folder = makeCgroup(`${tag}-e`);
    await startIn(folder);
    const set = resolve({ by: 'cgroup', cgroup: `/${tag}-e` });
    // It may just have gone to sleep.
    await until(() => !isStirred(set));
    expect(set.reports()[0]?.notes).toEqual([]);
    const visitor = spawn('sh', ['-c', `echo $$ > ${folder}/cgroup.procs`], { stdio: 'ignore' });
    await once(visitor, 'exit');
    expect(set.hasStirred()).toBe(true);
    expect(look(set).disturbances).toMatchObject([{ target: 'app', kind: 'joined' }]);
    expect(set.hasStirred()).toBe(false);
    expect(look(set).disturbances).toEqual([]);
  });

  it.skipIf(!hasCpuTime)('a process that was there before and comes into it has joined it', async () => {
    const folder = makeCgroup(`${tag}-f`);
    await startIn(folder);
    const late = await startIn(mount?.mountPoint ?? '');
    const startedMs = Date.now();
    // Older than the resolution in which its start is told.
    await until(() => Date.now() > startedMs + 100);
    const fromMs = Date.now();
    const set = resolve({ by: 'cgroup', cgroup: `/${tag}-f` });
    const previousMs = Date.now();
    writeFileSync(join(folder, 'cgroup.procs'), `${late}`);
    const change = { nowMs: Date.now(), previousMs, moved: NOBODY, gone: NOBODY, full: true };
    const { started, disturbances } = set.refresh(change);
    expect(started.map(({ pid }) => pid)).toEqual([late]);
    const joined = disturbances.find(({ kind }) => kind === 'joined');
    expect(joined?.detail).toContain(`sleep (pid ${late}) may have belonged to it for`);
    // It was not there when all processes were read.
    expect(joined?.sinceMs).toBeGreaterThanOrEqual(fromMs);
    expect(joined?.sinceMs).toBeLessThanOrEqual(previousMs);
  });

  it('of a container: by its id, by the beginning of its id', async () => {
    const id = `${process.pid.toString(16).padStart(8, '0')}${'ab12'.repeat(14)}`;
    const pid = await startIn(makeCgroup(`docker-${id}.scope`));
    for (const container of [id, id.slice(0, 12)]) {
      expect(resolve({ by: 'container', container }).processes.map((process) => process.pid)).toEqual([pid]);
    }
  });

  it('that is empty, and one that is not there', async () => {
    makeCgroup(`${tag}-c`);
    expect(() => resolve({ by: 'cgroup', cgroup: `/${tag}-c` })).toThrow('it holds no process');
    expect(() => resolve({ by: 'cgroup', cgroup: `/${tag}-none` })).toThrow('there is no such cgroup');
  });

  it('orphans in it are told when it belongs to the target alone', async () => {
    const folder = makeCgroup(`${tag}-d.service`);
    const root = await startIn(folder);
    // A second one, which has lost its parent.
    const path = join(stage.folder, 'pid');
    const shell = spawn('sh', ['-c', `setsid sh -c 'sleep 300 & echo $! > ${path}' &`], { stdio: 'ignore' });
    await once(shell, 'exit');
    await until(() => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'));
    const orphan = Number(readFileSync(path, 'utf8'));
    pids.push(orphan);
    // The shell that started it is gone, and it is a shell no more itself.
    await until(() => /^\d+ \(sleep\) \S 1 /u.test(readFileSync(`/proc/${orphan}/stat`, 'utf8')));
    writeFileSync(join(folder, 'cgroup.procs'), `${orphan}`);
    const set = resolve({ by: 'pid', pid: root });
    expect(set.reports()[0]?.orphans).toMatchObject([{ pid: orphan, name: 'sleep', cmdline: 'sleep 300' }]);
    expect(set.reports()[0]?.orphans[0]?.reason).toContain(`cgroup /${tag}-d.service`);
  });
});

describe('cgroups, units and containers that cannot be', () => {
  it('are refused or not found', () => {
    expect(() => resolve({ by: 'cgroup', cgroup: '/' })).toThrow('the root cgroup holds everything');
    expect(() => resolve({ by: 'unit', unit: 'no-such-unit' })).toThrow(
      'no process runs in no-such-unit.service',
    );
    expect(() => resolve({ by: 'container', container: 'no-such-container' })).toThrow(
      'Nothing to watch in container',
    );
  });
});

function isWritable(folder: string): boolean {
  const probe = join(folder, `idleproof-test-probe-${process.pid}`);
  try {
    mkdirSync(probe);
    rmdirSync(probe);
    return true;
  } catch {
    return false;
  }
}

function tryRemove(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(folder);
  }
}
