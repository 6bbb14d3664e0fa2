import { describe, expect, it } from 'vitest';
import { Lives } from '../../../../../src/collectors/linux/trace/lives.ts';
import {
  type Enlist,
  type Glimpse,
  TracedProcesses,
} from '../../../../../src/collectors/linux/trace/traced-processes.ts';
import { WATCHDOG } from '../../../../../src/model/control.ts';
import type { KernelRecord } from '../../../../../src/model/kernel-record.ts';
import { someProcess } from '../../../../support/proc-folder.ts';

const base = { context: 'task' as const };
const born = (tid: number, newTid: number, atNs = 2e9, name = 'app'): KernelRecord => ({
  ...base,
  event: 'new-task',
  atNs,
  tid,
  newTid,
  name,
  isThread: false,
  cloneFlags: 0,
});
const died = (tid: number, atNs = 3e9, name = 'app'): KernelRecord => ({
  ...base,
  event: 'exit',
  atNs,
  tid,
  name,
  isLast: true,
});
const ran = (tid: number, filename: string, atNs = 2.5e9): KernelRecord => ({
  ...base,
  event: 'exec',
  atNs,
  tid,
  oldTid: tid,
  filename,
});

interface World {
  lives: Lives;
  processes: TracedProcesses;
  glimpses: Glimpse[];
}

function world(
  records: readonly KernelRecord[],
  {
    startTicksOf = () => null,
    enlist,
  }: { startTicksOf?: (pid: number) => number | null; enlist?: Enlist } = {},
): World {
  const lives = new Lives();
  lives.adopt(someProcess(100, { id: 1, cmdline: 'app --serve' }), [100]);
  lives.adopt(someProcess(900, { id: 0, target: WATCHDOG }), [900]);
  const glimpses: Glimpse[] = [];
  const processes = new TracedProcesses(
    (glimpse) => {
      glimpses.push(glimpse);
      return enlist === undefined
        ? { process: { id: 10 + glimpses.length, ...glimpse }, isWatched: false }
        : enlist(glimpse);
    },
    (ns) => ns / 1e6,
    { startTicksOf, cmdlineOf: () => null, pathOf: (_, { filename }) => `/resolved${filename}` },
  );
  for (const record of records) lives.record(record);
  return { lives, processes, glimpses };
}

const ended = ({ lives, processes }: World) => processes.activitiesOf(lives.take(9e9).ended);

describe('a process that came and went between two looks', () => {
  it('is told with its start and its end, once, by its parent’s name', () => {
    const scene = world([born(100, 200), ran(200, '/bin/true'), died(200)]);
    expect(ended(scene)).toMatchObject([
      {
        op: 'spawn',
        atMs: 2000,
        processId: 11,
        exe: '/resolved/bin/true',
        parentName: 'app',
        collector: 'trace',
      },
      { op: 'exit', atMs: 3000, processId: 11 },
    ]);
    expect(ended(scene)).toEqual([]);
    // Which file was executed is recorded, with which arguments is not: a rule about them must not take it for the whole.
    expect(scene.processes.takeEnlisted()).toMatchObject([
      { pid: 200, parentId: 1, membership: 'child', exe: '/resolved/bin/true', cmdline: '' },
    ]);
    expect(scene.processes.takeEnlisted()).toEqual([]);
  });

  it('runs what its parent runs where it executed nothing', () => {
    const scene = world([born(100, 200), died(200)]);
    ended(scene);
    expect(scene.glimpses).toMatchObject([{ cmdline: 'app --serve', exe: '/bin/app', startTicks: 200 }]);
  });

  it('is told by the program that it ran at its end, though it was given its place before it executed that', () => {
    const { lives, processes, glimpses } = world([born(100, 200)]);
    processes.of(lives.of(200)!);
    expect(glimpses).toMatchObject([{ exe: '/bin/app' }]);
    lives.record(ran(200, '/bin/true'));
    lives.record(died(200));
    expect(processes.activitiesOf(lives.take(9e9).ended)).toMatchObject([
      { op: 'spawn', exe: '/resolved/bin/true' },
      { op: 'exit', exe: '/resolved/bin/true' },
    ]);
  });

  it('belongs where its ancestors do, each of which is given a place', () => {
    const scene = world([born(100, 200), born(200, 300), died(300)]);
    expect(ended(scene).map(({ processId }) => processId)).toEqual([12, 12]);
    expect(scene.glimpses.map(({ pid, parentPid, parentId }) => [pid, parentPid, parentId])).toEqual([
      [200, 100, 1],
      [300, 200, 11],
    ]);
  });

  it('is left to the looks where it lives on: they tell of its start and its end', () => {
    const scene = world([born(100, 200), died(200)], {
      enlist: (glimpse) => ({ process: { id: 5, ...glimpse }, isWatched: true }),
    });
    expect(ended(scene)).toEqual([]);
    expect(scene.processes.takeEnlisted()).toHaveLength(1);
  });

  it('is nobody where its target is watched without its tree', () => {
    const scene = world([born(100, 200), born(200, 300), died(300), died(200)], { enlist: () => null });
    expect(ended(scene)).toEqual([]);
    expect(scene.processes.takeEnlisted()).toEqual([]);
  });

  it('cannot break the line of a report by its name', () => {
    const scene = world([born(100, 200, 2e9, 'a\u001b[31m\n'), died(200, 3e9, 'b\u0007')]);
    ended(scene);
    const [glimpse] = scene.glimpses;
    for (const text of [glimpse!.name, glimpse!.cmdline]) {
      expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });
});

describe('when it started', () => {
  it.each([
    ['as /proc tells it, which reads its clock a moment before', 199, 199],
    ['as recorded where it is gone', null, 200],
    ['as recorded where its number was given to another process', 777, 200],
  ])('%s', (_, found, startTicks) => {
    const scene = world([born(100, 200), died(200)], { startTicksOf: () => found });
    ended(scene);
    expect(scene.glimpses).toMatchObject([{ startTicks }]);
  });
});

describe('the watchdog', () => {
  it('has planted a program that is told as it was called, whatever that leads to', () => {
    const scene = world([born(900, 901), ran(901, '/bin/true'), died(901)]);
    expect(ended(scene)).toMatchObject([{ exe: '/bin/true' }, { exe: '/bin/true' }]);
  });

  it('has children of its own, which are no process of the run and are not enlisted', () => {
    const scene = world([born(900, 901), died(901)]);
    expect(ended(scene)).toMatchObject([
      { op: 'spawn', target: WATCHDOG, processId: null },
      { op: 'exit', target: WATCHDOG, processId: null },
    ]);
    expect(scene.glimpses).toEqual([]);
    expect(scene.processes.takeEnlisted()).toEqual([]);
  });
});
