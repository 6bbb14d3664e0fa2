import { chmodSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Proof } from '../../src/model/proof.ts';
import { check, type CliOptions, ruleOf, runCli } from '../support/cli.ts';
import { startTold } from '../support/phases.ts';
import { freePort } from '../support/programs.ts';
import { expectLookedAt, skipIfLate, windowOf } from '../support/looked-at.ts';
import { hasTrace } from '../support/tracing.ts';

const NOBODY = 65_534;
const isRoot = process.geteuid?.() === 0;
const PYTHON = '/usr/bin/python3';
const env = { ...process.env, PATH: '/usr/bin:/bin' };
const WINDOW = ['--offline', '--for', '10s', '--settle', '1s', '--ready', 'log:ready'];
const RULES = ['--rules', 'no-background-agents', '--accept-sampled', '1s'];

/** An ordinary user, and root where the tests run as root. */
const USERS: [name: string, options: CliOptions][] = isRoot
  ? [
      ['an ordinary user', { env, uid: NOBODY }],
      ['root', { env }],
    ]
  : [['an ordinary user', { env }]];
if (!isRoot) console.log('skipped: --offline as root needs root');
const HAS_TRACE = hasTrace();

function isPossible(): boolean {
  const asNobody = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const network = 'unshare --user --map-current-user --keep-caps --net ip link set lo up';
  const possible =
    spawnSync('sh', ['-c', network], { ...asNobody, env: { PATH: `${env.PATH}:/usr/sbin` } }).status === 0;
  if (!possible) console.log('skipped: an ordinary user cannot have a network namespace here');
  return possible && spawnSync(PYTHON, ['-c', '']).status === 0;
}

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-offline-'));
  chmodSync(out, 0o777);
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** A folder of its own for each run. */
let runs = 0;
const outDir = (): string[] => ['--out', join(out, String((runs += 1)))];

const python = (code: string): string[] => ['--', PYTHON, '-c', code];
const READY = `import os, signal, socket, sys, threading, time
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
print('ready', flush=True)`;
const QUIET = `${READY}\nsignal.pause()`;
const BEATS = (port: number): string => `${READY}
s = socket.create_server(('127.0.0.1', ${port}))
def serve():
    while True:
        c, _ = s.accept(); c.recv(9); c.close()
threading.Thread(target=serve, daemon=True).start()
while True:
    time.sleep(2); print(time.time() * 1e3, flush=True)
    c = socket.create_connection(('127.0.0.1', ${port})); c.send(b'hi'); c.close()`;
const OUTSIDE = `${READY}
while True:
    time.sleep(2); print(time.time() * 1e3, flush=True)
    try: socket.create_connection(('203.0.113.7', 443), timeout=5)
    except ConnectionRefusedError: print('refused', flush=True)`;
const DATAGRAMS = `${READY}
u, v = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
while True:
    time.sleep(2)
    u.sendto(b'x', ('203.0.113.7', 53)); v.sendto(b'x', ('2001:db8::7', 53))`;
const CONNECTED = `${READY}
held = []
while True:
    time.sleep(2)
    held.append(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)); held[-1].connect(('127.0.0.1', 9))`;
const HELD = (port: number): string => `import socket
s = socket.create_server(('127.0.0.1', ${port}))
c = socket.create_connection(s.getsockname()); a, _ = s.accept()
${READY}
while True:
    time.sleep(3); a.send(b'x'); c.recv(1)`;

const MOMENT_MS = 500;

/** Pids of processes in a network namespace. */
const membersOf = (namespace: string): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      try {
        return pid > 0 && readlinkSync(`/proc/${pid}/ns/net`) === namespace;
      } catch {
        return false;
      }
    });

function outputOf(folder: string): string {
  const [run = ''] = readdirSync(folder);
  return readFileSync(join(folder, run, 'python3.log'), 'utf8');
}

/** The same evidence by another pack. */
async function judgedByLoopbackOnly(folder: string): Promise<Proof['rules'][number] | undefined> {
  const [name = ''] = readdirSync(folder);
  const evidence = join(folder, name, 'evidence.db');
  const { stdout } = await runCli([
    'judge',
    evidence,
    '--rules',
    'loopback-only',
    '--accept-sampled',
    '1s',
    '--json',
  ]);
  return (JSON.parse(stdout) as Proof).rules[0];
}

/** How often a program says that it began something in the window; it may have said so a moment before it did. */
function begunIn({ window }: Proof, folder: string): { least: number; most: number } {
  const [fromMs, toMs] = [Date.parse(window.opened.utc), Date.parse(window.closed.utc)];
  const begun = outputOf(folder)
    .split('\n')
    .map(Number)
    .filter((ms) => ms > 0);
  const between = (from: number, to: number): number => begun.filter((ms) => ms >= from && ms <= to).length;
  return { least: between(fromMs, toMs - MOMENT_MS), most: between(fromMs - MOMENT_MS, toMs) };
}

describe.skipIf(!isPossible()).each(USERS)('--offline as %s', (_, options) => {
  const run = (code: string, ...more: string[]) =>
    check([...WINDOW, ...RULES, ...more, ...python(code)], options);

  it.concurrent('a quiet program passes, and nothing could be missed', async (test) => {
    const { proof, code } = await run(QUIET, ...outDir());
    expect(proof.headline).toContain('offline, in a network of its own');
    expect(proof.scope).toContain('ran offline');
    expect(proof.coverage.excludes.connectionLifetimeSeconds).toEqual({ min: 0 });
    expectLookedAt(test, proof);
    expect(code, proof.headline).toBe(0);
  });

  it.concurrent('connections of less than a millisecond are found, each with address and bytes', async (test) => {
    const port = await freePort();
    const [option = '', folder = ''] = outDir();
    const { proof, code } = await run(BEATS(port), option, folder);
    expect(code).toBe(1);
    const rule = ruleOf(proof, 'network-activity');
    expect(rule.findings, rule.measured).toHaveLength(1);
    const [finding] = rule.findings;
    expect(finding?.subject).toEqual({ protocol: 'tcp', 'remote.ip': '127.0.0.1', 'remote.port': port });
    const { least, most } = begunIn(proof, folder);
    expect(least).toBeGreaterThan(0);
    expect(finding?.count).toBeGreaterThanOrEqual(least);
    expect(finding?.count).toBeLessThanOrEqual(most);
    expect(finding?.text).toContain(`${2 * (finding?.count ?? 0)} bytes`);
    expect(finding?.actors[0]?.name).toBe('python3');
    // Nothing left the machine, as a local app promises.
    const judged = await judgedByLoopbackOnly(folder);
    expectLookedAt(test, proof);
    expect(judged).toMatchObject({ id: 'beyond-loopback', verdict: 'pass' });
  });

  it.concurrent('calls to another machine are refused, seen and reported', async () => {
    const [option = '', folder = ''] = outDir();
    const { proof, code } = await run(OUTSIDE, option, folder);
    expect(code).toBe(1);
    const rule = ruleOf(proof, 'network-activity');
    expect(rule.findings[0]?.subject).toEqual({
      protocol: 'tcp',
      'remote.ip': '203.0.113.7',
      'remote.port': 443,
    });
    const { least, most } = begunIn(proof, folder);
    const [, attempts] = /^(\d+) attempts?$/.exec(rule.measured ?? '') ?? [];
    expect(least).toBeGreaterThan(0);
    expect(Number(attempts)).toBeGreaterThanOrEqual(least);
    expect(Number(attempts)).toBeLessThanOrEqual(most);
    expect(outputOf(folder)).toContain('refused');
    expect(await judgedByLoopbackOnly(folder)).toMatchObject({ id: 'beyond-loopback', verdict: 'fail' });
  });

  it.concurrent('datagrams are found, IPv6 too', async () => {
    const { proof, code } = await run(DATAGRAMS, ...outDir());
    expect(code).toBe(1);
    const rule = ruleOf(proof, 'network-activity');
    expect(rule.verdict).toBe('fail');
    expect(rule.findings[0]?.subject['protocol']).toBe('udp');
  });

  it.concurrent('a datagram socket that is connected and never used has sent nothing', async (test) => {
    const { proof } = await run(CONNECTED, ...outDir());
    const rule = ruleOf(proof, 'network-activity');
    expect(rule.findings).toEqual([]);
    // Where a trace is missing, or a busy host made it lose something, the socket tables are what is left, and they cannot tell.
    if (isRoot && options.uid === undefined) {
      test.skip(!HAS_TRACE, 'needs a trace');
      const trace = proof.coverage.collectors.find(({ name }) => name === 'trace');
      if (trace?.lost !== 0) skipIfLate(test, 'contended', windowOf(proof), `the trace lost ${trace?.lost}`);
    }
    expect(rule.tier).not.toBe('sampled');
    expectLookedAt(test, proof);
    expect(rule.verdict, proof.headline).toBe('pass');
  });

  it.concurrent('sends on a connection that is kept open are found', async () => {
    const port = await freePort();
    const { proof, code } = await run(HELD(port), ...outDir());
    expect(code).toBe(1);
    const rule = ruleOf(proof, 'network-activity');
    expect(rule.verdict).toBe('fail');
    // The kernel's trace, which root has, cannot say which of two connections of one process it was.
    if (options.uid === undefined && isRoot) return;
    expect(rule.findings[0]?.subject).toMatchObject({ 'remote.ip': '127.0.0.1', 'remote.port': port });
  });

  it.concurrent('the program is the same user, without a capability more, with its arguments as given', async () => {
    const [option = '', folder = ''] = outDir();
    const code = `${READY}
names = ('Uid:', 'Gid:', 'CapInh:', 'CapPrm:', 'CapEff:', 'CapAmb:', 'NoNewPrivs:')
print([line for line in open('/proc/self/status') if line.startswith(names)], sys.argv[1:], flush=True)
signal.pause()`;
    const args = ['a b', '', '$HOME', '"', "'", '*', '--for', '\n'];
    const { proof } = await check([...WINDOW, ...RULES, option, folder, ...python(code), ...args], options);
    expect(proof.targets[0]?.processes).toHaveLength(1);
    const outside = spawnSync(PYTHON, ['-c', code.replace('signal.pause()', ''), ...args], {
      encoding: 'utf8',
      ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
    });
    expect(outputOf(folder)).toBe(outside.stdout);
  });

  it.concurrent('a watchdog that is killed leaves no namespace and no helper behind', async () => {
    const args = ['check', ...WINDOW, ...RULES, ...outDir(), '--for', '60s', ...python(QUIET)];
    const { child, result, reached } = startTold(args, options);
    await reached('watching', 1);
    const children = `/proc/${child.pid}/task/${child.pid}/children`;
    const pids = readFileSync(children, 'utf8')
      .trim()
      .split(' ')
      .filter((pid) => pid !== '');
    const own = pids
      .map((pid) => readlinkSync(`/proc/${pid}/ns/net`))
      .filter((link) => link !== readlinkSync('/proc/self/ns/net'));
    expect(own.length).toBeGreaterThanOrEqual(2);
    const [namespace = ''] = own;
    expect(membersOf(namespace).length).toBeGreaterThanOrEqual(2);
    child.kill('SIGKILL');
    await result;
    for (let tries = 0; tries < 1_200 && membersOf(namespace).length > 0; tries += 1) await sleep(50);
    expect(membersOf(namespace)).toEqual([]);
  });

  it.concurrent('a program that is not there, or ends at once, is an error as ever', async () => {
    const missing = await runCli(['check', ...WINDOW, ...outDir(), '--', 'no-such-program'], options);
    expect(missing).toMatchObject({ code: 3, stdout: '' });
    expect(missing.stderr).toContain('there is no program no-such-program in PATH');
    const ended = await runCli(
      ['check', ...WINDOW, ...outDir(), ...python('raise SystemExit("no luck")')],
      options,
    );
    expect(ended).toMatchObject({ code: 3, stdout: '' });
    expect(ended.stderr).toContain('no luck');
  });
});

describe('--offline where it cannot be', () => {
  it.each([
    [['--pid', '1'], 'only a command that the check starts'],
    [['--ready', 'http://127.0.0.1:1/', '--', 'true'], 'nobody can call a command in a network of its own'],
  ])('is refused with the reason: %s', async (args, why) => {
    const { code, stderr } = await runCli(['check', '--offline', ...args]);
    expect(code).toBe(3);
    expect(stderr).toContain(why);
  });

  it.skipIf(!isPossible())('says that user namespaces are forbidden, and writes nothing', async () => {
    // In a user namespace of its own, the limit for those below it can be set without privileges.
    const limit = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"';
    const inside = ['unshare', '--user', '--map-current-user', '--keep-caps', 'sh', '-c', limit, 'sh'];
    const [option = '', folder = ''] = outDir();
    const { code, stderr } = await runCli(['check', '--offline', option, folder, '--', 'true'], {
      env,
      inside,
      ...(isRoot ? { uid: NOBODY } : {}),
    });
    expect(code).toBe(3);
    expect(stderr).toContain('OFFLINE_REFUSED');
    expect(stderr).toContain('max_user_namespaces');
    expect(() => readdirSync(folder)).toThrow('ENOENT');
  });
});
