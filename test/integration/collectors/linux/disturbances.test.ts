import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Observations } from '../../../../src/model/collector.ts';
import { type Driver, startDriver } from '../../../support/driver.ts';
import { hasProgram, isRoot, stateOf } from '../../../support/programs.ts';
import { Watching, watched } from '../../../support/watching.ts';

const drivers: Driver[] = [];
const groups: string[] = [];
const drive = async (): Promise<Driver> => {
  const driver = await startDriver();
  drivers.push(driver);
  return driver;
};
afterEach(async () => {
  // A frozen process cannot be ended.
  for (const state of groups.map((folder) => `${folder}/freezer.state`)) {
    if (existsSync(state)) writeFileSync(state, 'THAWED');
  }
  for (const freeze of groups.map((folder) => `${folder}/cgroup.freeze`)) {
    if (existsSync(freeze)) writeFileSync(freeze, '0');
  }
  await Promise.all(drivers.splice(0).map((driver) => driver.stop()));
  for (const folder of groups.splice(0)) await removeGroup(folder);
});

const kinds = ({ disturbances = [] }: Observations): string[] => disturbances.map(({ kind }) => kind);

async function untilState(pid: number, state: string): Promise<void> {
  while (stateOf(pid) !== state) await sleep(2);
}

/** Looks until it tells what is expected, for the kernel takes its time; returns the last answer. */
async function eventually(watching: Watching, expected: string[]): Promise<string[]> {
  let seen: string[] = [];
  for (let attempt = 0; attempt < 1_500; attempt += 1) {
    seen = kinds(watching.look());
    if (seen.join() === expected.join()) break;
    await sleep(20);
  }
  return seen;
}

function makeGroup(mount: string, pid: number): string {
  const folder = `${mount}/idleproof-test-${process.pid}-${pid}`;
  mkdirSync(folder);
  groups.push(folder);
  writeFileSync(`${folder}/cgroup.procs`, String(pid));
  return folder;
}

async function removeGroup(folder: string): Promise<void> {
  for (let attempt = 0; existsSync(folder) && attempt < 1_500; attempt += 1) {
    try {
      rmdirSync(folder);
    } catch {
      await sleep(20);
    }
  }
}

/** For the driver: a thread that sleeps, in a cgroup of its own. */
const threadIn = (file: string): string =>
  `t = threading.Thread(target=time.sleep, args=(1000,), daemon=True); t.start(); open("${file}", "w").write(str(t.native_id))`;

const mounted = (path: string, what: string): boolean => {
  const found = process.geteuid?.() === 0 && existsSync(path);
  if (!found) console.log(`skipped: ${what} needs root and ${path}`);
  return found;
};
const V1_FREEZER = '/sys/fs/cgroup/freezer';
const V1_CPU = '/sys/fs/cgroup/cpu';
const V2 = existsSync('/sys/fs/cgroup/unified') ? '/sys/fs/cgroup/unified' : '/sys/fs/cgroup';

describe.skipIf(!hasProgram('python3'))('a process that is held', () => {
  it('is stopped until it goes on, also at looks at which nothing moved', async () => {
    const app = await drive();
    await app.run(
      'for _ in range(3): threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()',
    );
    const watching = new Watching([watched(app.pid)]);
    expect(kinds(watching.look())).toEqual([]);
    process.kill(app.pid, 'SIGSTOP');
    await untilState(app.pid, 'T');
    expect(await eventually(watching, ['stopped'])).toEqual(['stopped']);
    let quiet = watching.look();
    for (let attempt = 0; quiet.look.moved.size > 0 && attempt < 100; attempt += 1) quiet = watching.look();
    expect(quiet.look.moved.size).toBe(0);
    expect(kinds(quiet)).toEqual(['stopped']);
    process.kill(app.pid, 'SIGCONT');
    expect(await eventually(watching, [])).toEqual([]);
    watching.stop();
  });

  it('is traced, even if only one of its threads is held', async () => {
    const [app, debuggingOne] = [await drive(), await drive()];
    await app.run(
      'libc.prctl(0x59616d61, ctypes.c_ulong(-1)); t = threading.Thread(target=time.sleep, args=(1000,), daemon=True); t.start()',
    );
    await app.run('open(f"/proc/self/task/{t.native_id}/comm", "w").write("held")');
    const watching = new Watching([watched(app.pid)]);
    watching.look();
    await debuggingOne.run(
      `tid = [int(x) for x in os.listdir("/proc/${app.pid}/task") if int(x) != ${app.pid}][0]`,
    );
    await debuggingOne.run(
      'assert libc.ptrace(0x4206, tid, 0, 0) == 0 and libc.ptrace(0x4207, tid, 0, 0) == 0',
    );
    expect(await eventually(watching, ['traced'])).toEqual(['traced']);
    expect(stateOf(app.pid)).toBe('S');
    expect(kinds(watching.look())).toEqual(['traced']);
    await debuggingOne.run('os.waitpid(tid, 0x40000000); libc.ptrace(17, tid, 0, 0)');
    expect(await eventually(watching, [])).toEqual([]);
    watching.stop();
  });
});

describe.skipIf(!hasProgram('python3') || !isRoot('freezing a cgroup'))('a process in a cgroup', () => {
  it.skipIf(!mounted(`${V2}/cgroup.procs`, 'the freezer of cgroup v2'))(
    'is frozen by version 2',
    async () => {
      const app = await drive();
      const folder = makeGroup(V2, app.pid);
      const watching = new Watching([watched(app.pid)]);
      expect(kinds(watching.look())).toEqual([]);
      writeFileSync(`${folder}/cgroup.freeze`, '1');
      expect(await eventually(watching, ['frozen'])).toEqual(['frozen']);
      expect(kinds(watching.look())).toEqual(['frozen']);
      writeFileSync(`${folder}/cgroup.freeze`, '0');
      expect(await eventually(watching, [])).toEqual([]);
      watching.stop();
    },
  );

  it.skipIf(!mounted(V1_FREEZER, 'the freezer of cgroup v1'))(
    'is frozen by version 1, which its clock does not tell',
    async () => {
      const app = await drive();
      const watching = new Watching([watched(app.pid)]);
      expect(kinds(watching.look())).toEqual([]);
      const folder = makeGroup(V1_FREEZER, app.pid);
      // The kernel tells of the new group with the next turn of the event loop: the end of this one, and of the one that polls.
      await nextTurn();
      await nextTurn();
      expect(kinds(watching.look())).toEqual([]);
      writeFileSync(`${folder}/freezer.state`, 'FROZEN');
      const seen = watching.look();
      expect(seen.look.moved.size).toBe(0);
      expect(kinds(seen)).toEqual(['frozen']);
      writeFileSync(`${folder}/freezer.state`, 'THAWED');
      expect(await eventually(watching, [])).toEqual([]);
      watching.stop();
    },
  );

  it.skipIf(!mounted(V1_FREEZER, 'the freezer of cgroup v1'))(
    'is frozen by version 1 where one of its threads is, as full looks find',
    async () => {
      const app = await drive();
      const folder = `${V1_FREEZER}/idleproof-test-${process.pid}-${app.pid}`;
      mkdirSync(folder);
      groups.push(folder);
      await app.run(threadIn(`${folder}/tasks`));
      const watching = new Watching([watched(app.pid)]);
      expect(kinds(watching.look())).toEqual([]);
      writeFileSync(`${folder}/freezer.state`, 'FROZEN');
      expect(kinds(watching.look({ full: true }))).toEqual(['frozen']);
      writeFileSync(`${folder}/freezer.state`, 'THAWED');
      expect(kinds(watching.look({ full: true }))).toEqual([]);
      watching.stop();
    },
  );

  it.skipIf(!mounted(`${V2}/cgroup.procs`, 'the freezer of cgroup v2'))(
    'is frozen by version 2 where one of its threads is, as full looks find',
    async () => {
      const app = await drive();
      const folder = makeGroup(V2, app.pid);
      const apart = `${folder}/apart`;
      mkdirSync(apart);
      groups.unshift(apart);
      writeFileSync(`${apart}/cgroup.type`, 'threaded');
      await app.run(threadIn(`${apart}/cgroup.threads`));
      const watching = new Watching([watched(app.pid)]);
      expect(kinds(watching.look())).toEqual([]);
      writeFileSync(`${apart}/cgroup.freeze`, '1');
      const isFrozen = (): boolean => readFileSync(`${apart}/cgroup.events`, 'utf8').includes('frozen 1');
      while (!isFrozen()) await sleep(2);
      expect(kinds(watching.look({ full: true }))).toEqual(['frozen']);
      writeFileSync(`${apart}/cgroup.freeze`, '0');
      while (isFrozen()) await sleep(2);
      expect(kinds(watching.look({ full: true }))).toEqual([]);
      watching.stop();
    },
  );

  it.skipIf(!mounted(`${V1_CPU}/cpu.cfs_quota_us`, 'a CPU quota of cgroup v1'))(
    'is throttled by its quota',
    async () => {
      const app = await drive();
      const folder = makeGroup(V1_CPU, app.pid);
      const watching = new Watching([watched(app.pid)]);
      watching.look();
      writeFileSync(`${folder}/cpu.cfs_quota_us`, '5000');
      // It runs, a busy host permitting, until it was kept from it for a second.
      await app.run(
        `exec("while int(dict(line.split() for line in open('${folder}/cpu.stat'))['throttled_time']) < 1e9: pass")`,
      );
      expect(kinds(watching.look())).toEqual(['throttled']);
      expect(kinds(watching.look({ moved: new Set() }))).toEqual([]);
      watching.stop();
    },
  );
});
