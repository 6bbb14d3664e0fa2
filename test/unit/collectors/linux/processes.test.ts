import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LookReader } from '../../../../src/collectors/linux/look-reader.ts';
import { ProcessesCollector } from '../../../../src/collectors/linux/processes.ts';
import type { Look } from '../../../../src/model/collector.ts';
import { type ProcFolder, procFolder, someProcess } from '../../../support/proc-folder.ts';
import { lookAt } from './look.ts';

let proc: ProcFolder;
const app = someProcess(7);
const thread = (tid: number, state: string): void => proc.write(`7/task/${tid}/status`, `State:\t${state}\n`);

beforeEach(() => {
  proc = procFolder();
  proc.write('stat', 'cpu 1 2\nprocesses 4711\n');
  proc.write('7/cgroup', '3:cpu,cpuacct:/app\n2:freezer:/app\n0::/app.slice/app.service\n');
  proc.write('self/mountinfo', '');
  thread(7, 'S (sleeping)');
});
afterEach(() => proc.remove());

const collector = (): ProcessesCollector => new ProcessesCollector(new LookReader(proc.procfs));
const mount = (type: string, name: string, options: string): string =>
  `31 23 0:28 / ${join(proc.root, name)} rw - ${type} ${type} rw,${options}\n`;
const allKinds = (one: ProcessesCollector, over?: Partial<Look>) =>
  one.sample(lookAt([app], over)).disturbances?.map(({ kind }) => kind) ?? [];
/** But for cgroups that are not mounted here: most tests mount those that they are about. */
const kinds = (one: ProcessesCollector, over?: Partial<Look>) =>
  allKinds(one, over).filter((kind) => kind !== 'unobserved');
const quiet = { moved: new Set<number>() };

describe('activities', () => {
  const parent = someProcess(1, { id: 1, name: 'parent' });
  const child = someProcess(2, { id: 2, parentId: 1, startedAtMs: 1500, name: 'child' });

  it('spawns at the kernel’s own time, and not what was there at the first look', () => {
    const first = lookAt([parent], { nowMs: 1000, previousMs: null, started: [parent] });
    const one = collector();
    expect(one.sample(first).activities).toEqual([]);
    const { activities } = one.sample(lookAt([parent, child], { started: [child] }));
    expect(activities).toEqual([
      expect.objectContaining({
        op: 'spawn',
        atMs: 1500,
        processId: 2,
        parentName: 'parent',
        exe: '/bin/app',
      }),
    ]);
    const late = someProcess(3, { startedAtMs: 10 });
    expect(one.sample(lookAt([late], { started: [late] })).activities).toMatchObject([
      { op: 'spawn', atMs: 2000 },
    ]);
  });

  it('tells exits, and a child that outlives its parent once', () => {
    const one = collector();
    one.sample(lookAt([parent, child], { previousMs: null, started: [parent, child] }));
    const ended = [{ process: parent, exitCode: 3 }];
    const { activities, counters } = one.sample(lookAt([child], { ...quiet, ended }));
    expect(activities).toMatchObject([{ op: 'exit', processId: 1, exitCode: 3, atMs: 2000 }]);
    expect(one.dueAtMs()).toBe(3000);
    const second = one.sample(lookAt([child], { ...quiet, nowMs: 3000 }));
    expect(second.activities).toMatchObject([
      { op: 'outlived-parent', processId: 2, parentName: 'parent', atMs: 2000 },
    ]);
    expect(one.dueAtMs()).toBe(Number.POSITIVE_INFINITY);
    expect(counters).toEqual([{ atMs: 2000, scope: 'forks', values: { tasks: 4711 } }]);
  });

  it('tells who goes on without the app’s last root, whoever its parent was, and who comes after that', () => {
    const one = collector();
    const daemon = someProcess(2, { id: 2, parentId: null, membership: 'adopted' });
    const late = someProcess(4, { id: 4, parentId: null, membership: 'adopted', startedAtMs: 2500 });
    one.sample(lookAt([parent, daemon], { previousMs: null, started: [parent, daemon] }));
    one.sample(lookAt([daemon], { ...quiet, ended: [{ process: parent, exitCode: 0 }] }));
    const looks = [3000, 4000].map((nowMs) =>
      one.sample(
        lookAt([daemon, late], {
          ...quiet,
          previousMs: nowMs - 1000,
          nowMs,
          started: nowMs === 3000 ? [late] : [],
        }),
      ),
    );
    const orphans = looks.map(({ activities = [] }) =>
      activities.filter((told) => told.kind === 'process' && told.op === 'outlived-parent'),
    );
    const together = [
      { processId: 2, atMs: 2000 },
      { processId: 4, atMs: 3000 },
    ];
    expect(orphans).toMatchObject([together, []]);
  });

  it('gives no second more to whoever takes the place of one that the app left behind', () => {
    const one = collector();
    const helper = someProcess(2, { id: 2, parentId: 1, membership: 'child' });
    const heir = someProcess(4, { id: 4, parentId: null, membership: 'adopted', startedAtMs: 2200 });
    one.sample(lookAt([parent, helper], { previousMs: null, started: [parent, helper] }));
    one.sample(lookAt([helper], { ...quiet, ended: [{ process: parent, exitCode: 0 }] }));
    const changed = { started: [heir], ended: [{ process: helper, exitCode: 0 }] };
    const last = one.sample(lookAt([heir], { ...quiet, previousMs: 2000, nowMs: 3100, ...changed }));
    expect(last.activities).toMatchObject([
      { op: 'spawn', processId: 4 },
      { op: 'exit', processId: 2 },
      { op: 'outlived-parent', processId: 4, atMs: 3100 },
    ]);
  });

  it('accuses nobody who comes with a new root of the app', () => {
    const one = collector();
    const [worker, root] = [
      someProcess(5, { id: 5, parentId: 6, membership: 'child', startedAtMs: 2300 }),
      someProcess(6, { id: 6, parentId: null, membership: 'root', startedAtMs: 2200 }),
    ];
    one.sample(lookAt([parent], { previousMs: null, started: [parent] }));
    one.sample(lookAt([], { ...quiet, ended: [{ process: parent, exitCode: 0 }] }));
    const again = { previousMs: 2000, nowMs: 3500, started: [worker, root] };
    one.sample(lookAt([worker, root], { ...quiet, ...again }));
    const last = one.sample(lookAt([worker, root], { ...quiet, previousMs: 3500, nowMs: 5000 }));
    expect(last.activities ?? []).toEqual([]);
  });

  it('does not accuse a child that follows its parent within a second', () => {
    const one = collector();
    one.sample(lookAt([parent, child], { previousMs: null, started: [parent, child] }));
    one.sample(lookAt([child], { ...quiet, ended: [{ process: parent, exitCode: 0 }] }));
    const both = one.sample(lookAt([], { ...quiet, nowMs: 3000, ended: [{ process: child, exitCode: 0 }] }));
    expect(both.activities).toMatchObject([{ op: 'exit', processId: 2 }]);
  });
});

describe('disturbances', () => {
  it.each([
    ['T (stopped)', 'stopped'],
    ['t (tracing stop)', 'traced'],
  ])('sees a thread in state %s, for as long as it lasts', (state, kind) => {
    thread(8, state);
    proc.write('7/cgroup', '0::/\n');
    const one = collector();
    expect(kinds(one)).toEqual([kind]);
    expect(kinds(one, quiet)).toEqual([kind]);
    thread(8, 'S');
    expect(kinds(one)).toEqual([]);
    expect(one.sample(lookAt([app], quiet))).toEqual({});
  });

  it('ends with its process', () => {
    thread(7, 'T');
    const one = collector();
    kinds(one);
    expect(kinds(one, { ...quiet, processes: [], ended: [{ process: app, exitCode: null }] })).toEqual([]);
  });

  it('sees a frozen cgroup of version 2', () => {
    proc.write('self/mountinfo', mount('cgroup2', 'unified', 'nsdelegate'));
    proc.write('unified/app.slice/app.service/cgroup.events', 'populated 1\nfrozen 1\n');
    expect(kinds(collector())).toEqual(['frozen']);
  });

  it('sees a cgroup frozen by version 1 although nothing moved', () => {
    proc.write('self/mountinfo', mount('cgroup', 'freezer', 'freezer'));
    proc.write('freezer/app/freezer.state', 'THAWED\n');
    proc.write('cgroups', '#subsys_name\thierarchy\tnum_cgroups\tenabled\nfreezer\t2\t2\t1\n');
    const one = collector();
    expect(kinds(one)).toEqual([]);
    proc.write('freezer/app/freezer.state', 'FREEZING\n');
    expect(kinds(one, quiet)).toEqual(['frozen']);
  });

  it.each([
    ['2', 'throttled_usec', 1e3],
    ['1', 'throttled_time', 1e6],
  ])('sees a quota of version %s, its own or an enclosing one', (version, field, unit) => {
    const [type, name, options, file] =
      version === '2'
        ? ['cgroup2', 'unified', '', 'unified/app.slice/cpu.stat']
        : ['cgroup', 'cpu', 'cpu,cpuacct', 'cpu/app/cpu.stat'];
    proc.write('self/mountinfo', mount(type, name, options));
    proc.write('unified/app.slice/app.service/cpu.stat', 'usage_usec 5\n');
    const one = collector();
    const throttle = (ms: number) => proc.write(file, `nr_throttled 1\n${field} ${ms * unit}\n`);
    throttle(5000);
    expect(kinds(one)).toEqual([]);
    throttle(5050);
    expect(kinds(one)).toEqual([]);
    throttle(5150);
    expect(kinds(one)).toEqual(['throttled']);
    expect(kinds(one, quiet)).toEqual([]);
  });

  it('says when a cgroup is not visible here', () => {
    const one = collector();
    expect(allKinds(one, { full: true })).toEqual(['unobserved']);
    // Nothing tells when it becomes another one.
    expect(allKinds(one, quiet)).toEqual(['unobserved']);
    expect(one.stop()).toMatchObject({ status: 'partial', reason: expect.stringContaining('not visible') });
    proc.write('7/cgroup', '0::/\n');
    const atRoot = collector();
    expect(allKinds(atRoot, { full: true })).toEqual([]);
    expect(atRoot.stop()).toMatchObject({ status: 'ok', reason: null });
  });

  it('does not miss a cgroup of version 2 where the freezer of version 1 is there', () => {
    proc.write('7/cgroup', '2:freezer:/app\n0::/app.slice/app.service\n');
    proc.write('self/mountinfo', mount('cgroup', 'freezer', 'freezer'));
    proc.write('freezer/app/freezer.state', 'THAWED\n');
    const one = collector();
    expect(allKinds(one, { full: true })).toEqual([]);
    expect(one.stop()).toMatchObject({ status: 'ok', reason: null });
    proc.write('freezer/app/freezer.state', 'FROZEN\n');
    expect(allKinds(collector(), { full: true })).toEqual(['frozen']);
  });
});
