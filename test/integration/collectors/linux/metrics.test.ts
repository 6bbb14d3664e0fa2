import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Observations } from '../../../../src/model/collector.ts';
import type { ProcessMetrics } from '../../../../src/model/sample.ts';
import { sharesFiles } from '../../../../src/os/kcmp.ts';
import { Procfs } from '../../../../src/os/procfs.ts';
import { type Driver, startDriver } from '../../../support/driver.ts';
import { Leaderless } from '../../../support/leaderless.ts';
import { hasProgram } from '../../../support/programs.ts';
import { Watching, watched } from '../../../support/watching.ts';

const drivers: Driver[] = [];
const drive = async (): Promise<Driver> => {
  const driver = await startDriver();
  drivers.push(driver);
  return driver;
};
afterEach(async () => {
  await Promise.all(drivers.splice(0).map((driver) => driver.stop()));
});

const metricsOf = ({ of }: { of: Map<string, Observations> }, id: number): ProcessMetrics =>
  Object.assign({}, ...[...of.values()].map(({ metrics }) => metrics?.get(id)));

const BURN = 'exec("end = time.process_time() + 0.2\\nwhile time.process_time() < end: pass")';

/** A thread takes a copy of the table of open files for itself (CLONE_FILES), opens some, and starts one that shares them. */
const APART = `exec("import threading\\nready = threading.Event()\\ndef away():\\n libc.unshare(0x400)\\n [os.open('/dev/null', 0) for _ in range(30)]\\n threading.Thread(target=time.sleep, args=(300,), daemon=True).start()\\n ready.set()\\n time.sleep(300)\\nthreading.Thread(target=away, daemon=True).start()\\nready.wait()")`;

describe.skipIf(!hasProgram('python3'))('metrics of a real process', () => {
  it('counts CPU time, its own and that of children that it waited for', async () => {
    const app = await drive();
    const process = watched(app.pid);
    const watching = new Watching([process]);
    const before = metricsOf(watching.look(), process.id);
    await app.run(BURN);
    await app.run(
      `subprocess.run([sys.executable, "-c", "import time\\n${BURN.replaceAll('"', '\\"').replaceAll('\\n', '\\\\n')}"], check=True)`,
    );
    const after = metricsOf(watching.look(), process.id);
    expect((after.cpuNs ?? 0) - (before.cpuNs ?? 0)).toBeGreaterThanOrEqual(0.19e9);
    expect((after.reapedCpuNs ?? 0) - (before.reapedCpuNs ?? 0)).toBeGreaterThanOrEqual(0.19e9);
    expect(watching.stop()['cpu']).toMatchObject({ status: 'ok', tier: 'counter' });
  });

  it('says that the time of children is lost when SIGCHLD is ignored', async () => {
    const app = await drive();
    const watching = new Watching([watched(app.pid)]);
    watching.look();
    await app.run('signal.signal(signal.SIGCHLD, signal.SIG_IGN)');
    watching.look();
    expect(watching.stop()['cpu']).toMatchObject({
      tier: 'sampled',
      reason: expect.stringContaining('SIGCHLD'),
    });
  });

  it('counts wakeups exactly while no thread ends', async () => {
    const app = await drive();
    const process = watched(app.pid);
    const watching = new Watching([process]);
    const before = metricsOf(watching.look(), process.id);
    await app.run('for _ in range(50): time.sleep(0.001)');
    const after = metricsOf(watching.look(), process.id);
    expect((after.wakeups ?? 0) - (before.wakeups ?? 0)).toBeGreaterThanOrEqual(50);
    expect(after.threads).toBe(1);
    expect(watching.stop()['wakeups']).toMatchObject({ status: 'ok', tier: 'counter', reason: null });
  });

  it('notices threads that come and go between two looks', async () => {
    const app = await drive();
    const watching = new Watching([watched(app.pid)]);
    watching.look();
    await app.run(
      'for _ in range(5): t = threading.Thread(target=time.sleep, args=(0.001,)); t.start(); t.join()',
    );
    watching.look();
    expect(watching.stop()['wakeups']).toMatchObject({
      tier: 'sampled',
      reason: expect.stringContaining('threads'),
    });
  });

  it('tells memory, storage and open files', async () => {
    const app = await drive();
    const process = watched(app.pid);
    const watching = new Watching([process]);
    const before = metricsOf(watching.look(), process.id);
    await app.run('block = b"x" * 30_000_000; f = open("/dev/null"); g = open("/dev/null")');
    const after = metricsOf(watching.look({ full: true }), process.id);
    for (const name of ['rssBytes', 'pssBytes', 'peakRssBytes'] as const) {
      expect((after[name] ?? 0) - (before[name] ?? Number.NaN)).toBeGreaterThan(25e6);
    }
    expect((after.openFiles ?? 0) - (before.openFiles ?? 0)).toBe(2);
    expect(after.openFiles).toBe(new Procfs().list(`${app.pid}/fd`)?.length);
    expect(after).toMatchObject({ readBytes: expect.any(Number), writtenBytes: expect.any(Number) });
    expect(after).not.toHaveProperty('gpuBytes');
    watching.stop();
  });

  it.skipIf(sharesFiles()(process.pid, process.pid) === null)(
    'counts the open files of a thread that has a table of its own, once',
    async () => {
      const app = await drive();
      const one = watched(app.pid);
      const watching = new Watching([one]);
      const before = metricsOf(watching.look(), one.id).openFiles ?? 0;
      await app.run(APART);
      const after = metricsOf(watching.look(), one.id).openFiles;
      expect(after).toBe(2 * before + 30);
    },
  );

  it('tells memory and open files of one whose first thread has ended', async () => {
    const app = new Leaderless(Array.from({ length: 20 }, () => '/dev/null'));
    const process = watched(app.pid);
    const watching = new Watching([process]);
    const { openFiles, rssBytes, peakRssBytes, pssBytes } = metricsOf(watching.look(), process.id);
    watching.stop();
    const procfs = new Procfs();
    const others = procfs.list(`${app.pid}/task`)?.filter((tid) => tid !== `${app.pid}`) ?? [];
    const held = procfs.list(`${app.pid}/task/${others[0]}/fd`)?.length;
    await app.stop();
    expect(openFiles).toBeGreaterThanOrEqual(20);
    expect(openFiles).toBe(held);
    for (const bytes of [rssBytes, peakRssBytes, pssBytes]) expect(bytes).toBeGreaterThan(1e6);
  });

  it('reads the proportional memory of one that has grown at once, and not for as long as it has not', async () => {
    const app = await drive();
    const process = watched(app.pid);
    const watching = new Watching([process]);
    const before = metricsOf(watching.look(), process.id);
    await app.run('block = b"x" * 30_000_000');
    const grown = metricsOf(watching.look(), process.id);
    expect((grown.pssBytes ?? 0) - (before.pssBytes ?? Number.NaN)).toBeGreaterThan(25e6);
    await app.run('block = None');
    const shrunk = metricsOf(watching.look(), process.id);
    expect(shrunk).toMatchObject({ rssBytes: expect.any(Number) });
    expect(shrunk).not.toHaveProperty('pssBytes');
    watching.stop();
  });

  it('reads the proportional memory of one that sleeps when everything is read: others cease to share its pages', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'idleproof-shared-'));
    try {
      const model = join(folder, 'model');
      writeFileSync(model, Buffer.alloc(40_000_000, 'x'));
      const [app, other] = await Promise.all([drive(), drive()]);
      for (const one of [app, other]) {
        await one.run('import mmap');
        await one.run(`file = open(${JSON.stringify(model)})`);
        await one.run('model = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)');
        await one.run('sum(model[at] for at in range(0, len(model), 4096))');
      }
      const process = watched(app.pid);
      const watching = new Watching([process]);
      const before = metricsOf(watching.look(), process.id);
      await other.stop();
      const { look, of } = watching.look({ full: true });
      const after = metricsOf({ of }, process.id);
      expect(look.moved.size).toBe(0);
      expect(after.rssBytes).toBe(before.rssBytes);
      expect((after.pssBytes ?? 0) - (before.pssBytes ?? Number.NaN)).toBeGreaterThan(15e6);
      watching.stop();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('gives up a process that ended, and what it held', async () => {
    const app = await drive();
    const watching = new Watching([watched(app.pid)]);
    watching.look();
    await app.stop();
    const { look, activities } = watching.look();
    expect(look.ended).toHaveLength(1);
    expect(activities).toMatchObject([{ kind: 'process', op: 'exit' }]);
    watching.stop();
  });

  it('sees processes start and outlive their parent', async () => {
    const app = await drive();
    const parent = watched(app.pid);
    const watching = new Watching([parent]);
    const before =
      watching.look().counters?.find(({ scope }) => scope === 'forks')?.values['tasks'] ?? Number.NaN;
    await app.run('child = os.fork() or (signal.pause(), os._exit(0))');
    const pid = Number(new Procfs().read(`${app.pid}/task/${app.pid}/children`));
    const child = watched(pid, { parentId: parent.id });
    try {
      const seen = watching.look({ started: [child] });
      expect(seen.activities).toMatchObject([{ op: 'spawn', processId: child.id, parentName: 'python3' }]);
      const tasks = seen.counters?.find(({ scope }) => scope === 'forks')?.values['tasks'] ?? 0;
      expect(tasks).toBeGreaterThan(before);
      await app.stop();
      expect(watching.look().activities).toMatchObject([{ op: 'exit' }]);
      expect(watching.look().activities).toMatchObject([{ op: 'outlived-parent', processId: child.id }]);
    } finally {
      process.kill(pid, 'SIGKILL');
    }
    watching.stop();
  });
});
