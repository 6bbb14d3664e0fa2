import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { splitCmdline } from '../../../src/core/parse/cmdline.ts';
import type { TargetSpec } from '../../../src/model/target.ts';
import { Procfs } from '../../../src/os/procfs.ts';
import { type Refreshed, resolveTargets, type TargetSet } from '../../../src/targets/target-set.ts';
import {
  childrenOf,
  copyUnderOwnName,
  end,
  setStage,
  type Stage,
  spec,
  startNginx,
  startRedis,
} from './programs.ts';
import { freePort } from '../../support/programs.ts';
import { until } from '../../support/until.ts';

/** Counts what is read, to show that nothing is. */
class CountingProcfs extends Procfs {
  reads = 0;
  override readBytes(path: string): Buffer | null {
    this.reads += 1;
    return super.readBytes(path);
  }
  override list(path: string): string[] | null {
    this.reads += 1;
    return super.list(path);
  }
  override link(path: string): string | null {
    this.reads += 1;
    return super.link(path);
  }
}

const NOBODY: ReadonlySet<number> = new Set();
let stage: Stage;
let selfPid: number;
let procfs: CountingProcfs;

beforeEach(async () => {
  stage = setStage();
  selfPid = await stage.standIn();
  procfs = new CountingProcfs();
});
afterEach(() => stage.clear());

/** Targets, with the first look, which tells of all that were there, taken. */
function watch(...specs: TargetSpec[]): TargetSet {
  const set = resolveTargets(specs, { procfs, nowMs: () => Date.now(), selfPid });
  expect(look(set).started).toEqual(set.processes);
  return set;
}

function look(set: TargetSet, moved: ReadonlySet<number> = NOBODY, full = false): Refreshed {
  return set.refresh({ nowMs: Date.now(), previousMs: null, moved, gone: NOBODY, full });
}

const everyone = (set: TargetSet): Set<number> => new Set(set.processes.map(({ id }) => id));

describe('an idle tree', () => {
  it('costs no read at all (nginx, real)', async () => {
    const port = await freePort();
    await startNginx(stage, port);
    const set = watch(spec('web', { by: 'port', port }));
    const before = procfs.reads;
    const processes = set.processes;
    for (let i = 0; i < 5; i += 1) {
      expect(look(set)).toEqual({ started: [], ended: [], disturbances: [], renamed: [] });
    }
    expect(procfs.reads).toBe(before);
    expect(set.processes).toBe(processes);
  });

  it('that moved and created nothing is not searched', async () => {
    const port = await freePort();
    await startRedis(stage, port);
    const set = watch(spec('db', { by: 'port', port }));
    // Others on this machine may create processes at the same time: take the quietest of several looks.
    let fewest = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 20; i += 1) {
      const before = procfs.reads;
      look(set, everyone(set));
      fewest = Math.min(fewest, procfs.reads - before);
    }
    // Twice loadavg, uptime, one stat, and the program of what was fresh.
    expect(fewest).toBeLessThanOrEqual(6);
  });
});

/** What the spawner leaves behind as a daemon; the time is this test run's own. */
const DAEMON_SECONDS = `3000${process.pid}`;
const daemons = (): number[] =>
  new Procfs()
    .pids()
    .filter((pid) => splitCmdline(new Procfs().read(`${pid}/cmdline`) ?? '')[1] === DAEMON_SECONDS);

describe('children', () => {
  it('are found when their parent moved, and told when they are gone', async () => {
    const parent = await stage.spawner('child');
    const set = watch(spec('app', { by: 'pid', pid: parent.pid ?? 0 }));
    const before = Date.now();
    parent.kill('SIGUSR2');
    await until(() => childrenOf(parent.pid ?? 0).length === 1);
    const { started } = look(set, new Set([1]));
    expect(started).toMatchObject([{ target: 'app', parentId: 1, membership: 'child' }]);
    expect(started[0]?.startedAtMs).toBeGreaterThan(before - 50);
    const pid = started[0]?.pid ?? 0;
    process.kill(pid, 'SIGKILL');
    await until(() => !existsSync(`/proc/${pid}`));
    const { ended } = look(set, new Set([1, 2]));
    expect(ended).toMatchObject([{ process: { pid, id: 2 }, exitCode: null }]);
    expect(set.processes.map(({ id }) => id)).toEqual([1]);
    expect(set.everSeen.map(({ id }) => id)).toEqual([1, 2]);
  });

  it('that exec are looked at again while they are young', async () => {
    const pipe = join(stage.folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const parent = await stage.spawner('exec', pipe);
    const set = watch(spec('app', { by: 'pid', pid: parent.pid ?? 0 }));
    parent.kill('SIGUSR2');
    await until(() => childrenOf(parent.pid ?? 0).length === 1);
    const [child = 0] = childrenOf(parent.pid ?? 0);
    await until(() => readFileSync(`/proc/${child}/comm`, 'utf8') === 'sh\n');
    const { started } = look(set, everyone(set));
    const shell = started.find(({ pid }) => pid === child);
    expect(shell?.name).toBe('sh');
    const young = {
      moved: everyone(set),
      gone: NOBODY,
      full: false,
      previousMs: null,
      nowMs: (shell?.startedAtMs ?? 0) + 500,
    };
    expect(set.refresh(young).renamed).toEqual([]);
    writeFileSync(pipe, '\n');
    await until(() => readFileSync(`/proc/${child}/comm`, 'utf8') === 'sleep\n');
    const { renamed } = set.refresh(young);
    expect(renamed).toContain(shell);
    expect(shell).toMatchObject({ name: 'sleep', cmdline: 'sleep 301' });
  });

  it('are found at a full look even when nothing seems to have moved', async () => {
    const parent = await stage.spawner('child');
    const set = watch(spec('app', { by: 'pid', pid: parent.pid ?? 0 }));
    parent.kill('SIGUSR2');
    await until(() => childrenOf(parent.pid ?? 0).length === 1);
    expect(look(set, NOBODY, true).started).toHaveLength(1);
  });

  it('that lost their parent are followed into the session that the target leads', async () => {
    const path = join(stage.folder, 'pid');
    const script = '(sleep 300 & echo $! > helper); echo $$ > pid; exec sleep 300';
    await stage.start(
      'setsid',
      ['sh', '-c', script],
      () => existsSync(path) && readFileSync(path, 'utf8') !== '',
    );
    const pid = Number(readFileSync(path, 'utf8'));
    const helper = Number(readFileSync(join(stage.folder, 'helper'), 'utf8'));
    stage.alsoKill(pid);
    stage.alsoKill(helper);
    const set = watch(spec('app', { by: 'pid', pid }));
    expect(set.processes).toMatchObject([
      { pid, membership: 'root' },
      { pid: helper, membership: 'session', parentId: null },
    ]);
  });

  it('that are a target of their own are cut out of the tree of their parent, which says so, in any order', async () => {
    const parent = await stage.spawner('child');
    const pid = parent.pid ?? 0;
    parent.kill('SIGUSR2');
    await until(() => childrenOf(pid).length > 0);
    const [child = 0] = childrenOf(pid);
    const both = [spec('a', { by: 'pid', pid }), spec('b', { by: 'pid', pid: child })];
    for (const specs of [both, both.toReversed()]) {
      const set = watch(...specs);
      const notesOf = (name: string): string =>
        set
          .reports(true)
          .find((report) => report.name === name)
          ?.notes.join() ?? '';
      expect(set.processes.find((one) => one.pid === child)).toMatchObject({ target: 'b' });
      expect(notesOf('a')).toMatch(new RegExp(`\\(pid ${child}\\), a child of a, is judged as b alone`));
      expect(notesOf('b')).toBe('');
    }
  });

  it('that daemonize into a session of their own are lost, and the report says that this can be', async () => {
    const parent = await stage.spawner('daemon', DAEMON_SECONDS);
    const set = watch(spec('app', { by: 'pid', pid: parent.pid ?? 0 }));
    expect(set.reports()[0]?.notes.join()).toContain('daemonizes within one tick is not followed');
    parent.kill('SIGUSR2');
    await until(() => daemons().length > 0);
    for (const pid of daemons()) stage.alsoKill(pid);
  });
});

describe('a target that ends', () => {
  it('by pid: stays absent, and that is said at each look (kill)', async () => {
    const child = await stage.spawner('child');
    const set = watch(spec('app', { by: 'pid', pid: child.pid ?? 0 }));
    await end(child);
    const { ended, disturbances } = set.refresh({
      nowMs: Date.now(),
      previousMs: null,
      moved: NOBODY,
      gone: new Set([1]),
      full: false,
    });
    expect(ended).toHaveLength(1);
    expect(disturbances).toMatchObject([{ target: 'app', kind: 'absent' }]);
    expect(look(set).disturbances).toEqual(disturbances);
    expect(set.processes).toEqual([]);
  });

  it('by port: is followed to its next life (redis-server, real)', async () => {
    const port = await freePort();
    const first = await startRedis(stage, port);
    const set = watch(spec('db', { by: 'port', port }));
    await end(first);
    const gone = set.refresh({
      nowMs: Date.now(),
      previousMs: null,
      moved: new Set([1]),
      gone: NOBODY,
      full: false,
    });
    expect(gone.ended).toMatchObject([{ process: { id: 1 } }]);
    expect(gone.disturbances).toMatchObject([{ target: 'db', kind: 'absent' }]);
    expect(look(set).disturbances[0]?.detail).toContain(`Nobody listens on port ${port}`);
    const second = await startRedis(stage, port);
    const back = look(set);
    expect(back.started).toMatchObject([{ id: 2, pid: second.pid, membership: 'root', target: 'db' }]);
    expect(back.disturbances).toEqual([]);
  });

  it('and starts again between two looks: replaced, what ran in between is unknown (redis-server, real)', async () => {
    const port = await freePort();
    const first = await startRedis(stage, port);
    const set = watch(spec('db', { by: 'cmdline', pattern: `^redis-server.*:${port}` }));
    await end(first);
    const second = await startRedis(stage, port);
    const { started, ended, disturbances } = set.refresh({
      nowMs: Date.now(),
      previousMs: null,
      moved: NOBODY,
      gone: new Set([1]),
      full: false,
    });
    expect(ended).toHaveLength(1);
    expect(started).toMatchObject([{ pid: second.pid }]);
    expect(disturbances).toMatchObject([{ target: 'db', kind: 'replaced' }]);
    expect(look(set).disturbances).toEqual([]);
  });

  it('by name: is followed to its next life', async () => {
    const program = copyUnderOwnName(stage, '/bin/sleep');
    const first = await stage.start(program, ['300'], () => true);
    const set = watch(spec('app', { by: 'name', name: basename(program) }));
    expect(set.processes[0]?.pid).toBe(first.pid);
    await end(first);
    expect(look(set, new Set([1])).disturbances[0]?.detail).toContain('No process matches name');
    const second = await stage.start(program, ['300'], () => true);
    expect(look(set).started).toMatchObject([{ pid: second.pid, membership: 'root' }]);
  });

  it('by pid file: is followed to the pid that is written there next', async () => {
    const path = join(stage.folder, 'app.pid');
    const first = await stage.spawner('child');
    writeFileSync(path, `${first.pid}\n`);
    const set = watch(spec('app', { by: 'pidfile', path }));
    await end(first);
    const gone = set.refresh({
      nowMs: Date.now(),
      previousMs: null,
      moved: new Set([1]),
      gone: NOBODY,
      full: false,
    });
    expect(gone.disturbances[0]?.detail).toContain('it is stale');
    const second = await stage.spawner('child');
    writeFileSync(path, `${second.pid}\n`);
    expect(look(set).started).toMatchObject([{ pid: second.pid }]);
  });

  it('and another one that does not: each is told for itself', async () => {
    const port = await freePort();
    const redis = await startRedis(stage, port);
    const other = await stage.spawner('child');
    const set = watch(spec('db', { by: 'port', port }), spec('app', { by: 'pid', pid: other.pid ?? 0 }));
    await end(redis);
    const { ended, disturbances } = look(set, new Set([1]));
    expect(ended.map(({ process }) => process.target)).toEqual(['db']);
    expect(disturbances.map(({ target }) => target)).toEqual(['db']);
    expect(set.processes.map(({ target }) => target)).toEqual(['app']);
  });
});

describe('a selector that leads elsewhere while its first process lives', () => {
  it('is found at a full look, and said', async () => {
    const path = join(stage.folder, 'app.pid');
    const first = await stage.spawner('child');
    const second = await stage.spawner('child');
    writeFileSync(path, `${first.pid}\n`);
    const set = watch(spec('app', { by: 'pidfile', path }));
    writeFileSync(path, `${second.pid}\n`);
    const { started, disturbances } = look(set, NOBODY, true);
    expect(started).toMatchObject([{ pid: second.pid, membership: 'root' }]);
    expect(disturbances).toMatchObject([{ kind: 'replaced' }]);
    expect(look(set, NOBODY, true).disturbances).toEqual([]);
  });

  it('and back, between two full looks: that is all that is known, and said', async () => {
    const path = join(stage.folder, 'app.pid');
    const first = await stage.spawner('child');
    const second = await stage.spawner('child');
    writeFileSync(path, `${first.pid}\n`);
    const set = watch(spec('app', { by: 'pidfile', path }));
    expect(look(set, NOBODY, true).disturbances).toEqual([]);
    writeFileSync(path, `${second.pid}\n`);
    expect(look(set).disturbances).toEqual([]);
    writeFileSync(path, `${first.pid}\n`);
    const { started, disturbances } = look(set, NOBODY, true);
    expect(started).toEqual([]);
    expect(disturbances).toMatchObject([
      { kind: 'ambiguous', detail: expect.stringContaining('whether it named another process') as string },
    ]);
    expect(look(set, NOBODY, true).disturbances).toEqual([]);
    expect(set.processes.map(({ pid }) => pid)).toContain(first.pid);
  });

  it('to nobody: who is meant is not known for as long', async () => {
    const path = join(stage.folder, 'app.pid');
    const first = await stage.spawner('child');
    writeFileSync(path, `${first.pid}\n`);
    const set = watch(spec('app', { by: 'pidfile', path }));
    rmSync(path);
    for (let nth = 0; nth < 2; nth += 1)
      expect(look(set, NOBODY, true).disturbances).toMatchObject([
        { kind: 'ambiguous', detail: expect.stringContaining('there is no such file') as string },
      ]);
  });
});
