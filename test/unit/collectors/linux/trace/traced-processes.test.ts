import { describe, expect, it } from 'vitest';
import { Lives } from '../../../../../src/collectors/linux/trace/lives.ts';
import { ProgramStarts } from '../../../../../src/collectors/linux/trace/program-starts.ts';
import {
  type Enlist,
  type Glimpse,
  TracedProcesses,
} from '../../../../../src/collectors/linux/trace/traced-processes.ts';
import type { ProcessActivity } from '../../../../../src/model/activity.ts';
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
  starts: ProgramStarts;
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
  const toMs = (ns: number): number => ns / 1e6;
  const starts = new ProgramStarts({ lives, processes, toMs, isWhole: () => true });
  return { lives, starts, processes, glimpses };
}

/** What a look tells of what was recorded since the last one. */
function ended({ lives, starts, processes }: World, nowNs = 9e9, isLast = false): ProcessActivity[] {
  const happened = lives.take(nowNs);
  processes.executed(happened.executed);
  return starts.take(happened, nowNs, isLast);
}

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
    const scene = world([born(100, 200)]);
    const { lives, processes, glimpses } = scene;
    processes.of(lives.of(200)!);
    expect(glimpses).toMatchObject([{ exe: '/bin/app' }]);
    lives.record(ran(200, '/bin/true'));
    lives.record(died(200));
    expect(ended(scene)).toMatchObject([
      { op: 'spawn', exe: '/resolved/bin/true' },
      { op: 'exit', exe: '/resolved/bin/true' },
    ]);
  });

  it('belongs where its ancestors do, each of which is given a place', () => {
    const scene = world([born(100, 200), born(200, 300), died(300)]);
    expect(ended(scene).map(({ processId }) => processId)).toEqual([11, 12, 12]);
    expect(scene.glimpses.map(({ pid, parentPid, parentId }) => [pid, parentPid, parentId])).toEqual([
      [200, 100, 1],
      [300, 200, 11],
    ]);
  });

  it('is left to the looks where it lives on: they tell of its end', () => {
    const scene = world([born(100, 200), died(200)], {
      enlist: (glimpse) => ({ process: { id: 5, ...glimpse }, isWatched: true }),
    });
    expect(ended(scene)).toMatchObject([{ op: 'spawn', processId: 5 }]);
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

describe('programs that replace one another', () => {
  const told = (scene: World, nowNs?: number, isLast?: boolean): unknown[] =>
    ended(scene, nowNs, isLast).map(({ op, exe, replaced }) => [op, exe, replaced]);

  it('are told one by one, though all of them ran between two looks; to create a process and execute the first is one start', () => {
    const scene = world([
      born(100, 200),
      ran(200, '/bin/sh', 2.1e9),
      ran(200, '/bin/curl', 2.2e9),
      ran(200, '/bin/true', 2.3e9),
      died(200),
    ]);
    expect(told(scene)).toEqual([
      ['spawn', '/resolved/bin/sh', undefined],
      ['spawn', '/resolved/bin/curl', '/resolved/bin/sh'],
      ['spawn', '/resolved/bin/true', '/resolved/bin/curl'],
      ['exit', '/resolved/bin/true', undefined],
    ]);
    // What it did while it ran one of them is that one's doing.
    const [process] = scene.processes.takeEnlisted();
    expect(process?.executions?.map(({ atMs, program }) => [atMs, program?.name])).toEqual([
      [2100, 'sh'],
      [2200, 'curl'],
      [2300, 'true'],
    ]);
  });

  it('are told of a process that was there before, and of one that was told before', () => {
    const scene = world([ran(100, '/bin/other', 2e9)]);
    expect(told(scene)).toEqual([['spawn', '/resolved/bin/other', '/bin/app']]);
    for (const record of [born(100, 200, 3e9), ran(200, '/bin/sh', 3.1e9)]) scene.lives.record(record);
    expect(told(scene, 4e9)).toEqual([['spawn', '/resolved/bin/sh', undefined]]);
    scene.lives.record(ran(200, '/bin/curl', 5e9));
    expect(told(scene, 6e9)).toEqual([['spawn', '/resolved/bin/curl', '/resolved/bin/sh']]);
  });

  it('are one start where a look came between the creation and the first; not where it was too long, or the last look', () => {
    const scene = world([born(100, 200, 2e9)]);
    expect(told(scene, 2.01e9)).toEqual([]);
    expect(scene.starts.isWaiting).toBe(true);
    scene.lives.record(ran(200, '/bin/sh', 2.02e9));
    expect(told(scene, 2.5e9)).toEqual([['spawn', '/resolved/bin/sh', undefined]]);
    expect(scene.starts.isWaiting).toBe(false);
    for (const [nowNs, isLast] of [
      [4e9, false],
      [2.01e9, true],
    ] as const) {
      const forked = world([born(100, 200, 2e9)]);
      expect(told(forked, nowNs, isLast)).toEqual([['spawn', '/bin/app', undefined]]);
      forked.lives.record(ran(200, '/bin/sh', 5e9));
      expect(told(forked, 6e9)).toEqual([['spawn', '/resolved/bin/sh', '/bin/app']]);
    }
  });

  it('are told where nothing more can be read', () => {
    const scene = world([born(100, 200, 2e9)]);
    expect(told(scene, 2.01e9)).toEqual([]);
    expect(scene.starts.release()).toMatchObject([{ op: 'spawn', exe: '/bin/app' }]);
    expect(scene.starts.release()).toEqual([]);
  });

  it('are all told where a look has told of the start before its record could be read', () => {
    const scene = world([]);
    const child = someProcess(200, { id: 7, startTicks: 200 });
    expect(scene.starts.tells(child)).toBe(false);
    for (const record of [born(100, 200, 2e9), ran(200, '/bin/sh', 2.1e9)]) scene.lives.record(record);
    scene.lives.adopt(child, []);
    expect(told(scene, 3e9)).toEqual([['spawn', '/resolved/bin/sh', '/bin/app']]);
  });

  it('gives an ended process that nobody has waited for the program that no look can find', () => {
    const scene = world([born(100, 200), ran(200, '/bin/true'), died(200)]);
    const zombie = someProcess(200, { id: 7, startTicks: 200, exe: null, cmdline: '' });
    scene.lives.adopt(zombie, []);
    expect(told(scene)).toEqual([['spawn', '/resolved/bin/true', undefined]]);
    expect(scene.processes.takeEnlisted()).toEqual([zombie]);
    expect(zombie.exe).toBe('/resolved/bin/true');
    expect(scene.starts.tells(zombie)).toBe(true);
  });

  it('gives one that has executed nothing the program of who created it', () => {
    const scene = world([born(100, 200), died(200)]);
    const zombie = someProcess(200, { id: 7, startTicks: 200, exe: null, cmdline: '' });
    scene.lives.adopt(zombie, []);
    expect(told(scene)).toEqual([['spawn', '/bin/app', undefined]]);
    expect(scene.processes.takeEnlisted()).toEqual([zombie]);
    expect(zombie).toMatchObject({ exe: '/bin/app', cmdline: 'app --serve' });
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
