import { type ChildProcess, spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { check, ruleOf } from '../support/cli.ts';
import { expectLookedAt } from '../support/looked-at.ts';
import { freePort } from '../support/programs.ts';
import { hasTrace } from '../support/tracing.ts';
import { killDaemons, startDaemon, type WatchDaemon } from '../support/watch-daemon.ts';

let folder: string;
let app: ChildProcess;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ip-own-'));
  mkdirSync(join(folder, 'state'), { mode: 0o700 });
  app = spawn('sleep', ['1000'], { stdio: 'ignore' });
});
afterEach(() => {
  killDaemons();
  app.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const HAS_TRACE = hasTrace();

/** Nothing goes out, not even an attempt, but what is planted on loopback, of which there must be some: else nobody could see. */
const SENDS_NOTHING = {
  pack: 'sends-nothing',
  rules: [
    {
      id: 'sends-nothing',
      kind: 'absence',
      activity: 'network',
      match: { op: ['connect', 'attempt', 'send'] },
      except: [{ match: { 'remote.ip': '127.0.0.1' }, reason: 'planted to see itself', optional: true }],
    },
  ],
};

/** The IP sockets that a process holds, of any state, with their local ends; see proc_pid_net(5). */
function socketsOf(pid: number): Set<string> {
  const held = new Set<string>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const [, inode] = /^socket:\[(\d+)\]$/u.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
      if (inode !== undefined) held.add(inode);
    } catch {
      // It was closed meanwhile.
    }
  }
  return new Set(
    ['tcp', 'tcp6', 'udp', 'udp6', 'raw', 'raw6'].flatMap((protocol) =>
      readFileSync(`/proc/${pid}/net/${protocol}`, 'utf8')
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/u))
        .filter(([, , , , , , , , , inode = '']) => held.has(inode))
        .map(([, local = '', , , , , , , , inode]) => `${protocol} ${local} ${inode}`),
    ),
  );
}

/** Those that it holds for longer than what it plants to see itself lives: for some looks. */
async function lastingSocketsOf(daemon: WatchDaemon): Promise<string[]> {
  const { pid = 0 } = daemon.child;
  const first = socketsOf(pid);
  const { looks: before } = await daemon.becomes(() => true);
  await daemon.becomes(({ looks }) => looks > before + 2);
  const second = socketsOf(pid);
  return [...first].filter((one) => second.has(one)).map((one) => one.split(' ').slice(0, 2).join(' '));
}

const HAND = { id: 'hand', trigger: 'manual', settle: '0s' };
/** Controls are planted when it opens, and some times until it closes. */
const OFTEN = { id: 'often', trigger: 'schedule', cron: '*/15 * * * * *', duration: '12s', settle: '0s' };

/** A daemon in the midst of a window, in which controls are planted. */
async function watching(more: object = {}): Promise<WatchDaemon> {
  const config = join(folder, 'idleproof.yaml');
  const targets = { app: { select: { pid: app.pid } } };
  const windows = [HAND];
  const reports = { dir: join(folder, 'reports') };
  writeFileSync(config, JSON.stringify({ tick: '500ms', targets, windows, reports, ...more }));
  const daemon = startDaemon(config, join(folder, 'state'));
  await daemon.becomes(({ looks }) => looks > 1);
  await daemon.control.openWindow('hand');
  const { looks: before } = await daemon.becomes(({ windows: [hand] }) => hand?.state === 'open');
  await daemon.becomes(({ looks }) => looks > before + 4);
  return daemon;
}

it('a daemon holds no IP socket', async () => {
  const daemon = await watching();
  expect(await lastingSocketsOf(daemon)).toEqual([]);
  await daemon.stop();
}, 120_000);

it('but the one for metrics that its configuration names, on loopback', async () => {
  const port = await freePort();
  const daemon = await watching({ metrics: { listen: `127.0.0.1:${port}` } });
  const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0');
  expect(await lastingSocketsOf(daemon)).toEqual([`tcp 0100007F:${hexadecimal}`]);
  await daemon.stop();
}, 120_000);

it.skipIf(!HAS_TRACE)(
  'it sends nothing, as a second watchdog sees',
  async (test) => {
    const daemon = await watching({ windows: [HAND, OFTEN] });
    const rules = join(folder, 'sends-nothing.yaml');
    writeFileSync(rules, JSON.stringify(SENDS_NOTHING));
    const out = mkdtempSync(join(folder, 'out-'));
    const of = ['--pid', `${daemon.child.pid}`, '--for', '12s', '--settle', '1s'];
    const { proof } = await check([...of, '--rules', rules, '--out', out]);
    expectLookedAt(test, proof);
    const { verdict, findings, exceptions } = ruleOf(proof, 'sends-nothing');
    expect({ verdict, findings }).toEqual({ verdict: 'pass', findings: [] });
    expect(exceptions[0]?.matched).toBeGreaterThan(0);
    await daemon.stop();
  },
  120_000,
);
