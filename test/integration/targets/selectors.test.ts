import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Selector, TargetSpec } from '../../../src/model/target.ts';
import { Procfs } from '../../../src/os/procfs.ts';
import { resolveTargets, type TargetSet } from '../../../src/targets/target-set.ts';
import { freePort } from '../../support/programs.ts';
import { until } from '../../support/until.ts';
import {
  childrenOf,
  copyUnderOwnName,
  isRunning,
  type Stage,
  setStage,
  spec,
  startNginx,
  startRedis,
} from './programs.ts';

let stage: Stage;
let selfPid: number;

beforeEach(async () => {
  stage = setStage();
  selfPid = await stage.standIn();
});
afterEach(() => stage.clear());

function resolve(...specs: TargetSpec[]): TargetSet {
  return resolveTargets(specs, { procfs: new Procfs(), nowMs: () => Date.now(), selfPid });
}

const one = (select: Selector): TargetSet => resolve(spec('app', select));

const message = (select: Selector): string => {
  try {
    one(select);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
};

describe('nginx (real): one tree of a master and two workers', () => {
  it('by port, pid file and pid', async () => {
    const port = await freePort();
    const { pid = 0 } = await startNginx(stage, port);
    const workers = childrenOf(pid);
    const selectors: Selector[] = [
      { by: 'port', port },
      { by: 'pidfile', path: join(stage.folder, `nginx-${port}.pid`) },
      { by: 'pid', pid },
      { by: 'cmdline', pattern: `nginx-${port}\\.conf` },
    ];
    for (const select of selectors) {
      const [root, ...rest] = one(select).processes;
      expect(root).toMatchObject({
        id: 1,
        pid,
        name: 'nginx',
        target: 'app',
        membership: 'root',
        parentId: null,
      });
      expect(new Set(rest.map((worker) => worker.pid))).toEqual(new Set(workers));
      for (const worker of rest)
        expect(worker).toMatchObject({ membership: 'child', parentId: 1, name: 'nginx' });
    }
  });

  it('by a worker’s port, from the master on, and roots alone without the tree', async () => {
    const port = await freePort();
    const { pid = 0 } = await startNginx(stage, port);
    const set = resolve(spec('app', { by: 'port', port }, false));
    expect(set.processes.map((process) => process.pid)).toEqual([pid]);
    expect(set.reports()[0]?.notes.join()).toContain('child processes were not watched');
  });

  it('by name, also where the kernel cuts it', async () => {
    const program = copyUnderOwnName(stage, '/usr/sbin/nginx');
    const { pid } = await startNginx(stage, await freePort(), program);
    const { processes } = one({ by: 'name', name: basename(program) });
    expect(processes).toHaveLength(3);
    expect(processes[0]).toMatchObject({ pid, membership: 'root', exe: program });
  });

  it('two instances are two programs: choose one', async () => {
    const port = await freePort();
    const other = await freePort();
    const a = await startNginx(stage, port);
    const b = await startNginx(stage, other);
    const text = message({ by: 'cmdline', pattern: `nginx-(${port}|${other})\\.conf` });
    expect(text).toContain('2 different programs');
    expect(text).toContain(`${a.pid} nginx: master process`);
    expect(text).toContain(`${b.pid} nginx: master process`);
  });
});

describe('facts of a process', () => {
  it('redis-server (real): name, command line, program, start, network namespace', async () => {
    const port = await freePort();
    const before = Date.now();
    const { pid = 0 } = await startRedis(stage, port, '--requirepass', 'hunter2');
    const [redis] = one({ by: 'port', port }).processes;
    expect(redis?.pid).toBe(pid);
    expect(redis?.name).toBe('redis-server');
    expect(redis?.exe).toMatch(/redis/u);
    expect(redis?.cmdline).not.toContain('hunter2');
    expect(redis?.networkScope).toMatch(/^network:\d+$/u);
    // Within 10 ms of clock ticks and 10 ms of /proc/uptime.
    expect(redis?.startedAtMs).toBeGreaterThan(before - 50);
    expect(redis?.startedAtMs).toBeLessThan(Date.now() + 50);
  });
});

/** What is said when this process is the watchdog. */
const refuse = (pid: number): string => {
  try {
    resolveTargets([spec('app', { by: 'pid', pid })], { procfs: new Procfs(), nowMs: () => Date.now() });
  } catch (error) {
    return (error as Error).message;
  }
  return 'no error';
};

describe('what cannot be a target', () => {
  it('pid 1, a thread of the kernel, no process at all', ({ skip }) => {
    expect(message({ by: 'pid', pid: 1 })).toContain('parent of everything');
    expect(message({ by: 'pid', pid: 4_194_303 })).toBe('There is no process 4194303.');
    const thread = new Procfs().pids().find((pid) => new Procfs().read(`${pid}/cmdline`) === '' && pid === 2);
    if (thread === undefined) return skip('no thread of the kernel can be seen in this pid namespace');
    return expect(message({ by: 'pid', pid: thread })).toContain('thread of the kernel');
  });

  it('a thread, and says whose it is', async () => {
    const { pid = 0 } = await stage.spawner('child');
    const tid = readdirSync(`/proc/${pid}/task`)
      .map(Number)
      .find((task) => task !== pid);
    expect(tid).toBeDefined();
    const said = message({ by: 'pid', pid: tid as number });
    expect(said).toMatch(
      new RegExp(`^${tid} is a thread of process ${pid} \\(.+\\), and no process of its own`, 'u'),
    );
  });

  it('the watchdog, its children, and who launched it', async () => {
    const { pid: child = 0 } = await stage.spawner('child');
    expect(refuse(process.pid)).toContain('it is the watchdog itself');
    expect(refuse(process.ppid)).toContain('it launched the watchdog');
    expect(refuse(child)).toContain('the watchdog started it');
  });

  it('a zombie', async () => {
    // The parent never asks for its child.
    const parent = spawn('sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 300'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [output] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(output.toString());
    await until(() => !isRunning(pid));
    const text = message({ by: 'pid', pid });
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    expect(text).toContain('it has ended');
  });

  it('a name or command line that nothing has: the nearest name is told', async () => {
    await startRedis(stage, await freePort());
    expect(message({ by: 'name', name: 'redis-servr' })).toBe(
      'No process matches name redis-servr (there is «redis-server»).',
    );
    expect(message({ by: 'cmdline', pattern: 'no such [p]rogram anywhere' })).toContain(
      'No process matches cmdline',
    );
  });

  it('a port that nobody listens on: the nearest ones are told', async () => {
    const port = await freePort();
    await startRedis(stage, port);
    const text = message({ by: 'port', port: port + 1 === 65_536 ? port - 1 : port + 1 });
    expect(text).toContain('Nobody listens on port');
    expect(text).toContain(`${port} redis-server`);
  });

  it('the same process in two targets', async () => {
    const port = await freePort();
    const { pid = 0 } = await startRedis(stage, port);
    expect(() => resolve(spec('a', { by: 'pid', pid }), spec('b', { by: 'port', port }))).toThrow(
      `Process ${pid} (redis-server) would belong to two targets, a and b.`,
    );
  });
});

const write = (text: string): string => {
  const path = join(stage.folder, 'test.pid');
  writeFileSync(path, text);
  return path;
};

const ofPidfile = (path: string): string => message({ by: 'pidfile', path });

describe('pid files', () => {
  it('missing, empty, garbled, stale', () => {
    expect(ofPidfile(join(stage.folder, 'none.pid'))).toContain('there is no such file');
    expect(ofPidfile(write(''))).toContain('it is empty');
    expect(ofPidfile(write('nginx'))).toContain('does not begin with a pid');
    expect(ofPidfile(write('-5'))).toContain('does not begin with a pid');
    expect(ofPidfile(write('4194303'))).toContain('it is stale, there is no process 4194303');
    expect(ofPidfile(write('1\n'))).toContain('parent of everything');
    expect(ofPidfile(stage.folder)).toContain('cannot be read');
  });

  it('stale, though its pid was given again', async () => {
    const { pid } = await stage.spawner('child');
    const path = write(`${pid}\n`);
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(path, hourAgo, hourAgo);
    expect(message({ by: 'pidfile', path })).toMatch(/it is stale, process \d+ started 3[56]\d\d s after/u);
  });

  it('with more lines below, as PostgreSQL writes them', async () => {
    const { pid } = await stage.spawner('child');
    const path = write(`${pid}\n/var/lib/data\n1700000000\n5432\n`);
    expect(one({ by: 'pidfile', path }).processes[0]?.pid).toBe(pid);
  });
});

describe('several targets', () => {
  it('a target below another one has its own tree', async () => {
    const parent = await stage.spawner('child');
    parent.kill('SIGUSR2');
    const pid = parent.pid ?? 0;
    await until(() => childrenOf(pid).length > 0);
    const [child = 0] = childrenOf(pid);
    const set = resolve(spec('window', { by: 'pid', pid }), spec('backend', { by: 'pid', pid: child }));
    expect(set.processes.map((p) => [p.pid, p.target])).toEqual([
      [pid, 'window'],
      [child, 'backend'],
    ]);
    expect(set.processes[1]?.parentId).toBe(1);
  });
});
