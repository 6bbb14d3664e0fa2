import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WatchedProcess } from '../../../src/model/process.ts';
import type { TargetSpec } from '../../../src/model/target.ts';
import { Procfs } from '../../../src/os/procfs.ts';
import { type Refreshed, resolveTargets, type TargetSet } from '../../../src/targets/target-set.ts';

type Glimpse = Omit<WatchedProcess, 'id'>;

/** A made-up /proc, for what cannot be brought about at will: pids that are given again. */
let root: string;
const SELF = 900;

interface Made {
  parent?: number;
  group?: number;
  session?: number;
  state?: string;
  threads?: number;
  start: number;
  name?: string;
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'idleproof-proc-'));
  writeFileSync(join(root, 'uptime'), '1000.00 1900.00\n');
  make(1, { parent: 0, start: 0, name: 'init' });
  make(SELF, { start: 500, name: 'idleproof' });
  setLastPid(SELF);
});
afterEach(() => rmSync(root, { recursive: true }));

function setLastPid(pid: number): void {
  writeFileSync(join(root, 'loadavg'), `0.00 0.01 0.05 1/90 ${pid}\n`);
}

function make(pid: number, made: Made): void {
  const { parent = 1, group = pid, session = pid, state = 'S', threads = 1, start, name = 'app' } = made;
  mkdirSync(join(root, `${pid}`), { recursive: true });
  const fields = [
    state,
    parent,
    group,
    session,
    0,
    -1,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    20,
    0,
    threads,
    0,
    start,
    0,
  ];
  writeFileSync(join(root, `${pid}/stat`), `${pid} (${name}) ${fields.join(' ')}\n`);
  writeFileSync(join(root, `${pid}/cmdline`), `${name}\0`);
}

const remove = (pid: number): void => rmSync(join(root, `${pid}`), { recursive: true });

function watch(...select: TargetSpec['select'][]): TargetSet {
  const specs = select.map((by, index) => ({ name: `t${index}`, select: by, tree: true, events: null }));
  const set = resolveTargets(specs, { procfs: new Procfs(root), nowMs: () => 5_000_000, selfPid: SELF });
  look(set);
  return set;
}

function look(set: TargetSet, moved: number[] = [], full = false): Refreshed {
  return set.refresh({ nowMs: 5_000_000, previousMs: null, moved: new Set(moved), gone: new Set(), full });
}

const pids = (set: TargetSet): number[] => set.processes.map(({ pid }) => pid);

describe('identity', () => {
  it('starts are in the run’s time, from clock ticks since boot', () => {
    make(100, { start: 12_345 });
    expect(watch({ by: 'pid', pid: 100 }).processes[0]?.startedAtMs).toBe(5_000_000 - 1_000_000 + 123_450);
  });

  it('another process with the same pid is another one, at a full look at the latest', () => {
    make(100, { start: 1000 });
    const set = watch({ by: 'pid', pid: 100 });
    make(100, { start: 2000 });
    const { ended, started, disturbances } = look(set, [], true);
    expect(ended).toMatchObject([{ process: { pid: 100, startTicks: 1000 } }]);
    expect(started).toEqual([]);
    expect(disturbances).toMatchObject([{ kind: 'absent' }]);
  });

  it('a child that got the pid of an earlier child is a new one', () => {
    make(100, { start: 1000 });
    make(101, { parent: 100, start: 1001 });
    const set = watch({ by: 'pid', pid: 100 });
    make(101, { parent: 100, start: 3000 });
    setLastPid(101);
    const { ended, started } = look(set, [1, 2]);
    expect(ended).toMatchObject([{ process: { id: 2 } }]);
    expect(started).toMatchObject([{ id: 3, pid: 101, startTicks: 3000 }]);
  });

  it('a stranger’s child is not taken in because its parent has the pid of an ended process', () => {
    make(100, { start: 1000 });
    make(101, { parent: 100, start: 1001 });
    const set = watch({ by: 'pid', pid: 100 });
    remove(101);
    look(set, [2]);
    make(101, { parent: 1, start: 3000 });
    make(102, { parent: 101, session: 101, start: 3001 });
    setLastPid(102);
    expect(look(set, [1]).started).toEqual([]);
    expect(look(set, [], true).started).toEqual([]);
  });

  it('another process of the name may come in the tick in which the target started', () => {
    make(100, { start: 1000 });
    const set = watch({ by: 'name', name: 'app' });
    expect(look(set, [], true).disturbances).toEqual([]);
    make(901, { start: 1000 });
    setLastPid(901);
    expect(look(set, [1], true).disturbances).toMatchObject([{ kind: 'ambiguous' }]);
  });

  it('a leader that ended before its threads still runs', () => {
    make(100, { start: 1000 });
    const set = watch({ by: 'pid', pid: 100 });
    make(100, { start: 1000, state: 'Z', threads: 3 });
    expect(look(set, [1]).ended).toEqual([]);
    make(100, { start: 1000, state: 'Z' });
    expect(look(set, [1]).ended).toHaveLength(1);
  });
});

describe('who belongs to a target', () => {
  it('grandchildren whose parents were never seen, by their session or group', () => {
    make(50, { session: 50, start: 10, name: 'sh' });
    make(100, { parent: 50, session: 50, start: 1000 });
    const set = watch({ by: 'pid', pid: 100 });
    // Its group is the target's, and it has lost its parent; it is not in the target's own session.
    make(950, { parent: 1, group: 100, session: 50, start: 3000 });
    // A sibling in the same pipeline has not.
    make(951, { parent: 50, group: 100, session: 50, start: 3001 });
    setLastPid(951);
    expect(look(set, [1]).started).toMatchObject([{ pid: 950, membership: 'session' }]);
  });

  it('children that ended unasked-for are told as started and ended', () => {
    make(100, { start: 1000 });
    make(101, { parent: 100, start: 1001, state: 'Z' });
    const set = watch({ by: 'pid', pid: 100 });
    expect(pids(set)).toEqual([100]);
    make(950, { parent: 100, start: 3000, state: 'Z' });
    setLastPid(950);
    const { started, ended } = look(set, [1]);
    expect(started).toMatchObject([{ pid: 950 }]);
    expect(ended).toMatchObject([{ process: { pid: 950 } }]);
    expect(look(set, [1], true).started).toEqual([]);
  });

  it('never the watchdog, though it is in the session of the target', () => {
    make(100, { start: 400 });
    make(SELF, { session: 100, group: 100, start: 500 });
    make(901, { parent: SELF, session: 100, group: 100, start: 501 });
    setLastPid(901);
    expect(pids(watch({ by: 'pid', pid: 100 }))).toEqual([100]);
  });

  it('the deeper of two targets keeps its own tree', () => {
    make(100, { start: 1000 });
    make(101, { parent: 100, start: 1001 });
    make(102, { parent: 101, start: 1002 });
    const set = watch({ by: 'pid', pid: 100 }, { by: 'pid', pid: 101 });
    expect(set.processes.map(({ pid, target, parentId }) => [pid, target, parentId])).toEqual([
      [100, 't0', null],
      [101, 't1', 1],
      [102, 't1', 2],
    ]);
  });
});

describe('what is hidden', () => {
  it('is said', () => {
    remove(1);
    make(100, { start: 1000 });
    expect(watch({ by: 'pid', pid: 100 }).reports()[0]?.notes.join()).toContain('hidepid');
  });
});

describe('a child that only the trace has seen', () => {
  const glimpse = (over: Partial<Glimpse> = {}): Glimpse => ({
    pid: 950,
    startTicks: 3000,
    parentPid: 100,
    sessionId: 100,
    name: 'true',
    cmdline: '/bin/true',
    exe: '/bin/true',
    startedAtMs: 4_030_000,
    target: 't0',
    parentId: 1,
    membership: 'child',
    networkScope: null,
    ...over,
  });

  it('is given a place in the run although it is gone, and is not watched', () => {
    make(100, { start: 1000 });
    const set = watch({ by: 'pid', pid: 100 });
    expect(set.enlist(glimpse())).toMatchObject({
      process: { id: 2, cmdline: '/bin/true' },
      isWatched: false,
    });
    expect(pids(set)).toEqual([100]);
    expect(set.everSeen.map(({ pid }) => pid)).toEqual([100, 950]);
  });

  it('is watched from then on where it lives, told as started at the next look, and no orphan', () => {
    make(100, { start: 1000 });
    const set = watch({ by: 'pid', pid: 100 });
    make(950, { parent: 1, session: 950, start: 3000, name: 'daemon' });
    setLastPid(950);
    expect(set.enlist(glimpse())).toMatchObject({ process: { id: 2, name: 'daemon' }, isWatched: true });
    expect(set.isStill).toBe(false);
    expect(look(set).started).toMatchObject([{ pid: 950, parentId: 1 }]);
    expect(set.reports(true)[0]?.orphans).toEqual([]);
    expect(look(set, [], true).started).toEqual([]);
  });

  it('is the one that a look has found already', () => {
    make(100, { start: 1000 });
    make(950, { parent: 100, start: 3000 });
    setLastPid(950);
    const set = watch({ by: 'pid', pid: 100 });
    expect(set.enlist(glimpse())).toEqual({ process: set.processes[1], isWatched: true });
    expect(set.everSeen).toHaveLength(2);
  });

  it('is not the stranger who was given its number', () => {
    make(100, { start: 1000 });
    const set = watch({ by: 'pid', pid: 100 });
    make(950, { parent: 1, start: 7000, name: 'stranger' });
    setLastPid(950);
    expect(set.enlist(glimpse())).toMatchObject({ process: { name: 'true' }, isWatched: false });
    expect(pids(set)).toEqual([100]);
  });

  it('is not watched where it waits to be collected', () => {
    make(100, { start: 1000 });
    const set = watch({ by: 'pid', pid: 100 });
    make(950, { parent: 100, start: 3000, state: 'Z' });
    expect(set.enlist(glimpse())).toMatchObject({ isWatched: false });
  });

  it('is nobody where its target has no tree, or is unknown', () => {
    make(100, { start: 1000 });
    const specs = [{ name: 't0', select: { by: 'pid' as const, pid: 100 }, tree: false, events: null }];
    const set = resolveTargets(specs, { procfs: new Procfs(root), nowMs: () => 5_000_000, selfPid: SELF });
    expect(set.enlist(glimpse())).toBeNull();
    expect(set.enlist(glimpse({ target: 'other' }))).toBeNull();
    expect(set.everSeen).toHaveLength(1);
  });
});

describe('a program of a target that somebody else starts', () => {
  const start = { target: 't0', pid: 950, filename: '/bin/app', executedTicks: 3001 };
  const orphans = (set: TargetSet) => set.reports(true)[0]?.orphans.map(({ pid, name }) => [pid, name]);

  it('is named with the target, once', () => {
    make(100, { start: 1000 });
    const set = watch({ by: 'pid', pid: 100 });
    make(950, { parent: 1, start: 3000 });
    set.suspect(start);
    set.suspect(start);
    expect(orphans(set)).toEqual([[950, 'app']]);
    expect(set.reports()[0]?.orphans[0]).toMatchObject({ appeared: true });
  });

  it('is named by what was asked for where it is gone, or its number is another’s', () => {
    make(100, { start: 1000 });
    const set = watch({ by: 'pid', pid: 100 });
    set.suspect({ ...start, filename: '/tmp/a\u001b[31m\n' });
    make(951, { parent: 1, start: 7000, name: 'stranger' });
    set.suspect({ ...start, pid: 951 });
    expect(orphans(set)).toEqual([
      [950, 'a\\x1b[31m\\x0a'],
      [951, 'app'],
    ]);
    expect(set.reports()[0]?.orphans[0]?.reason).toContain('had ended before a look found it');
  });

  it('is nobody where it is watched, is the watchdog’s own child, or concerns no target', () => {
    make(100, { start: 1000 });
    make(101, { parent: 100, start: 1001 });
    const set = watch({ by: 'pid', pid: 100 });
    set.suspect({ ...start, pid: 101 });
    make(950, { parent: SELF, start: 3000 });
    set.suspect(start);
    set.suspect({ ...start, target: 'other' });
    expect(orphans(set)).toEqual([]);
  });

  it('may have been missed, which is said, and is no matter to whom has no strangers', () => {
    make(100, { start: 1000 });
    const set = watch({ by: 'pid', pid: 100 });
    const said = (one: TargetSet): boolean =>
      one.reports(true)[0]?.notes.join().includes('programs that others start were not all seen') ?? false;
    expect(said(set)).toBe(false);
    set.missStarts();
    expect(said(set)).toBe(true);
    const specs = [{ name: 't0', select: { by: 'pid' as const, pid: 100 }, tree: false, events: null }];
    const alone = resolveTargets(specs, { procfs: new Procfs(root), nowMs: () => 5_000_000, selfPid: SELF });
    alone.missStarts();
    alone.suspect(start);
    expect(said(alone)).toBe(false);
    expect(orphans(alone)).toEqual([]);
  });

  it('is counted where there are ever more of them', () => {
    make(100, { start: 1000 });
    const set = watch({ by: 'pid', pid: 100 });
    for (let nth = 0; nth < 500; nth += 1) set.suspect({ ...start, pid: 2000 + nth });
    const [report] = set.reports(true);
    const told = report!.orphans.length;
    expect(told).toBeLessThan(500);
    expect(report?.notes.join()).toContain(`${500 - told} more times`);
  });
});
