import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { openSqlite } from '../../src/os/sqlite.ts';
import { controlClient } from '../../src/daemon/control/client.ts';
import type { DaemonStatus } from '../../src/model/daemon-status.ts';
import type { Proof } from '../../src/model/proof.ts';
import { runCli } from '../support/cli.ts';
import { expectLookedAt } from '../support/looked-at.ts';
import { isRoot } from '../support/programs.ts';
import { hasPython, ServiceManager } from '../support/service-manager.ts';
import { killDaemons, proofsIn, startDaemon, type WatchDaemon } from '../support/watch-daemon.ts';

const folders: string[] = [];
const children: Set<ChildProcess> = new Set();
const managers: ServiceManager[] = [];

/** Of the daemon, at the most: half of what the service manager gives it. */
const KEEPALIVE_MS = 2_000;
/** So long the store may be silent before the daemon is taken for dead. */
const MOST_SILENCE_MS = 20_000;

afterAll(async () => {
  killDaemons();
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(managers.map((manager) => manager.stop()));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** Waits for a datagram to the service manager. */
async function tells(manager: ServiceManager, what: RegExp): Promise<void> {
  for (;;) {
    const [, text] = (await manager.told()) as [number, string];
    if (what.test(text)) return;
  }
}

const RULES = `pack: still
rules:
  - { id: no-tools, title: No tools, failureTitle: It runs tools, kind: absence, activity: event, match: { type: tool_run }, minDuration: 1s }
  - { id: no-calls, title: No calls, failureTitle: It calls, kind: absence, activity: network, match: { direction: outbound }, minDuration: 1s }
`;

interface Place {
  folder: string;
  config: string;
  state: string;
  database: string;
  pidfile: string;
}

/** A configuration with one window that is opened by hand, and the app's database. */
function place(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'idleproof-faults-'));
  folders.push(folder);
  const one = {
    folder,
    config: join(folder, 'idleproof.yaml'),
    state: join(folder, 'state'),
    database: join(folder, 'app.db'),
    pidfile: join(folder, 'app.pid'),
  };
  createDatabase(one.database);
  writeFileSync(join(folder, 'rules.yaml'), RULES);
  writeFileSync(
    one.config,
    `tick: 500ms
targets: { app: { select: { pidfile: ./app.pid }, events: { sqlite: ./app.db, table: events } } }
windows: [{ id: hand, trigger: manual, settle: 0s, minDuration: 1s }]
rules: [./rules.yaml]
reports: { dir: reports }
`,
  );
  return one;
}

function createDatabase(path: string): void {
  const db = openSqlite(path);
  db.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, type TEXT NOT NULL, created_at TEXT NOT NULL)');
  db.prepare('INSERT INTO events (type, created_at) VALUES (?, ?)').run(
    'tool_run',
    new Date(Date.now() - 86_400_000).toISOString(),
  );
  db.close();
}

function startApp({ pidfile }: Place): ChildProcess {
  const app = spawn('sleep', ['1000'], { stdio: 'ignore' });
  children.add(app);
  writeFileSync(pidfile, `${app.pid}\n`);
  return app;
}

async function kill(app: ChildProcess): Promise<void> {
  const ended = once(app, 'exit');
  app.kill('SIGKILL');
  await ended;
  children.delete(app);
}

/** Another process that holds the database's lock until its input ends; it writes a row by then. */
async function lock(database: string): Promise<ChildProcess> {
  const code = `import sqlite3,sys,datetime
db=sqlite3.connect(sys.argv[1],isolation_level=None)
db.execute('BEGIN EXCLUSIVE')
at=datetime.datetime.now(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.000Z')
db.execute("INSERT INTO events (type, created_at) VALUES ('tool_run', ?)", [at])
print('locked',flush=True)
sys.stdin.read()
db.execute('COMMIT')`;
  const child = spawn('python3', ['-c', code, database], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.add(child);
  await once(child.stdout, 'data');
  return child;
}

const isPresent = ({ targets }: DaemonStatus): boolean => targets[0]?.isPresent === true;
const ruleOf = ({ rules }: Proof, id: string): string | undefined =>
  rules.find((rule) => rule.id === id)?.verdict;
const judged =
  (count: number) =>
  ({ windows }: DaemonStatus): boolean =>
    windows.length > 0 &&
    Object.values(windows[0]!.verdictCounts).reduce((sum, one) => sum + one, 0) === count;
const isWatching = ({ windows }: DaemonStatus): boolean => windows.length > 0;

/** A window in which something happens; a daemon that begins anew is waited for. */
async function inWindow(daemon: WatchDaemon, work: () => Promise<void>): Promise<void> {
  await daemon.becomes(isWatching);
  await daemon.control.openWindow('hand');
  await daemon.becomes(({ windows }) => windows[0]?.state === 'open');
  await work();
  await daemon.becomes(isWatching);
  await daemon.control.closeWindow('hand').catch(() => {});
}

describe.concurrent('what happens to the apps that watch is about', () => {
  it('follows a target that is not there, comes, and restarts 20 times', async (test) => {
    const one = place();
    const daemon = startDaemon(one.config, one.state);
    await daemon.becomes(({ looks, targets }) => looks > 1 && targets[0]?.isPresent === false);
    await daemon.control.openWindow('hand');
    let app = startApp(one);
    await daemon.becomes(isPresent);
    for (let nth = 0; nth < 20; nth += 1) {
      await kill(app);
      app = startApp(one);
      await sleep(150);
    }
    await daemon.becomes(isPresent);
    await daemon.control.closeWindow('hand');
    // Whole again: a window over the one that stays is as good as any.
    await sleep(1_000);
    await daemon.control.openWindow('hand');
    await sleep(4_000);
    await daemon.control.closeWindow('hand');
    const { problems } = await daemon.becomes(judged(2));
    expect(problems).toEqual([]);
    const { code, stderr } = await daemon.stop();
    expect(code, stderr).toBe(0);
    const [restarted, whole] = proofsIn(join(one.folder, 'reports')).sort((a, b) =>
      a.window.opened.utc < b.window.opened.utc ? -1 : 1,
    );
    expect(restarted?.verdict, restarted?.headline).not.toBe('pass');
    expect(whole?.verdict, whole?.headline).not.toBe('fail');
    await kill(app);
    expect(whole).toBeDefined();
    if (process.geteuid?.() === 0 && whole !== undefined) {
      expectLookedAt(test, whole);
      expect(whole.verdict, whole.headline).toBe('pass');
    }
  });

  it('lives through a database that is locked, replaced and deleted, and calls none of it quiet', async () => {
    const one = place();
    const app = startApp(one);
    const daemon = startDaemon(one.config, one.state);
    await daemon.becomes(isPresent);
    await daemon.control.openWindow('hand');
    await sleep(2_000);
    const locker = await lock(one.database);
    await sleep(3_000);
    await daemon.control.closeWindow('hand');
    // It is held on for longer than anybody waits.
    await daemon.becomes(judged(1));
    const hidden = proofsIn(join(one.folder, 'reports'));
    expect(hidden.map((proof) => ruleOf(proof, 'no-tools'))).toEqual(['inconclusive']);
    const ended = once(locker, 'exit');
    locker.stdin?.end();
    await ended;
    await inWindow(daemon, async () => {
      await sleep(1_500);
      createDatabase(join(one.folder, 'other.db'));
      renameSync(join(one.folder, 'other.db'), one.database);
      await sleep(2_500);
    });
    await daemon.becomes(judged(2));
    await inWindow(daemon, async () => {
      await sleep(1_500);
      rmSync(one.database);
      await sleep(2_500);
    });
    await daemon.becomes(judged(3));
    const { code, stderr } = await daemon.stop();
    expect(code, stderr).toBe(0);
    const later = proofsIn(join(one.folder, 'reports')).filter(
      ({ window }) => window.opened.utc > hidden[0]!.window.opened.utc,
    );
    expect(later).toHaveLength(2);
    for (const proof of later) expect(ruleOf(proof, 'no-tools'), proof.headline).not.toBe('pass');
    const whole = await runCli(['verify', join(one.state, 'evidence.db')]);
    expect(whole.code, whole.stdout + whole.stderr).toBe(0);
    await kill(app);
  });

  it('ends at once when it is interrupted again while it stops, and says what has no proof', async () => {
    const one = place();
    const app = startApp(one);
    const daemon = startDaemon(one.config, one.state);
    await daemon.said('watching');
    await daemon.control.openWindow('hand');
    // Rows may still come to light: it waits for them before it ends.
    const db = openSqlite(one.database);
    db.exec('BEGIN EXCLUSIVE');
    const isOver = (): boolean => daemon.child.exitCode !== null || daemon.child.signalCode !== null;
    while (!isOver()) {
      daemon.child.kill('SIGINT');
      await sleep(50);
    }
    const { code } = await daemon.result;
    db.exec('ROLLBACK');
    db.close();
    expect(code).toBe(130);
    expect(daemon.log().at(-1)).toMatchObject({
      level: 'fatal',
      msg: expect.stringContaining('interrupted again'),
      windows: [{ id: 'hand' }],
    });
    // Nothing holds the next one up.
    const next = startDaemon(one.config, one.state);
    await next.said('watching');
    expect((await next.stop()).code).toBe(0);
    await kill(app);
  });

  it.skipIf(!isRoot('a small file system') || !hasPython)(
    'waits for a disk that is full, and writes on',
    async () => {
      const one = place();
      const address = join(one.folder, 'notify');
      const manager = await ServiceManager.listen(address);
      managers.push(manager);
      const app = startApp(one);
      mkdirSync(one.state, { mode: 0o700 });
      const size = '900k';
      const script = `mount -t tmpfs -o size=${size},mode=700 none "$0" && exec "$@"`;
      const inside = ['unshare', '--mount', 'sh', '-c', script, one.state];
      const env = { ...process.env, NOTIFY_SOCKET: address, WATCHDOG_USEC: String(2_000 * KEEPALIVE_MS) };
      const daemon = startDaemon(one.config, one.state, { inside, env });
      // The file system is the daemon's own: it is reached through its process.
      const seen = `/proc/${daemon.child.pid}/root${one.state}`;
      await daemon.said('watching');
      const control = controlClient(seen);
      await control.openWindow('hand');
      const filler = join(seen, 'filler');
      const fill = spawn('sh', ['-c', `cat /dev/zero > "${filler}"`], { stdio: 'ignore' });
      await once(fill, 'exit');
      const db = openSqlite(one.database);
      for (let nth = 0; nth < 400; nth += 1)
        db.prepare('INSERT INTO events (type, created_at) VALUES (?, ?)').run(
          `note ${'x'.repeat(500)}`,
          new Date().toISOString(),
        );
      const row = db.prepare('INSERT INTO events (type, created_at) VALUES (?, ?)');
      row.run('tool_run', new Date().toISOString());
      db.close();
      await daemon.said('evidence cannot be written');
      expect((await control.status()).problems).toMatchObject([{ kind: 'store' }]);
      // For longer than it may be silent, the service manager is told that it lives, and what is wrong.
      await tells(manager, /^STATUS=evidence waits in memory: .*full/);
      for (let count = 0; count * KEEPALIVE_MS <= MOST_SILENCE_MS; count += 1)
        await tells(manager, /^WATCHDOG=1$/);
      await control.closeWindow('hand');
      // A slow host lets the daemon write for longer than the small disk has room for.
      const inMounts = ['--mount', '--target', String(daemon.child.pid)];
      const larger = ['mount', '-o', 'remount,size=64m', one.state];
      expect(spawnSync('nsenter', [...inMounts, ...larger]).status).toBe(0);
      rmSync(filler);
      await daemon.said('evidence is written again');
      await tells(manager, /^STATUS=watching app/);
      await daemon.said('FAIL: app');
      expect((await control.status()).problems).toEqual([]);
      // SQLite follows the link to the process's root, and would open the file of the same path out here.
      const whole = await runCli(['verify', join(one.state, 'evidence.db')], {
        inside: ['nsenter', ...inMounts],
      });
      expect(whole.code, whole.stdout + whole.stderr).toBe(0);
      const { code, stderr } = await daemon.stop();
      expect(code, stderr).toBe(0);
      await kill(app);
    },
  );
});
