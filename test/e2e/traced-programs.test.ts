import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { Finding, Proof, ProofWakes, RuleResult } from '../../src/model/proof.ts';
import { check, ruleOf } from '../support/cli.ts';
import {
  startExporter,
  startHaproxy,
  startMemcached,
  startNginx,
  startPrometheus,
  startRedis,
  startReplica,
  startSshd,
  startTimeClient,
  startTimeServer,
  startWatch,
} from '../support/debian-programs.ts';
import { hasProgram, type Program, startPython } from '../support/programs.ts';
import { hasTrace } from '../support/tracing.ts';
import { expectLookedAt } from '../support/looked-at.ts';

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-traced-'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

/** Stops the program when the test is over. */
async function stopped(program: Promise<Program>, { onTestFinished }: TestContext): Promise<Program> {
  const started = await program;
  onTestFinished(() => started.stop());
  return started;
}

const WINDOW = ['--for', '14s', '--settle', '1s'];

const watch = async ({ pid }: Program, ...more: string[]): Promise<Proof> =>
  (await check(['--pid', String(pid), ...WINDOW, '--out', out, ...more])).proof;

/** Several programs, each a target of that name, in one window. */
async function watchAll(programs: Record<string, Program>, ...more: string[]): Promise<Proof> {
  const targets = Object.entries(programs).flatMap(([name, { pid }]) => ['--target', `${name}=pid:${pid}`]);
  return (await check([...targets, ...WINDOW, '--out', out, ...more])).proof;
}

/** What was found of one target. */
const findingsOf = ({ findings }: Proof, target: string, ruleId: string): Finding[] =>
  findings.filter((finding) => finding.target === target && finding.ruleId === ruleId);

/** How often something happens every so many seconds in the window, give or take one. */
function expectBeats(proof: Proof, count: number | undefined, everySeconds: number): void {
  const beats = proof.window.durationSeconds / everySeconds;
  expect(count, proof.headline).toBeGreaterThanOrEqual(Math.floor(beats) - 1);
  expect(count, proof.headline).toBeLessThanOrEqual(Math.ceil(beats) + 1);
}

const wakeupsPerSecond = ({ targets }: Proof, target: string): number | undefined =>
  targets.find(({ name }) => name === target)?.metrics['wakeups.rate']?.mean;

function onlyFinding({ findings, tier }: RuleResult): RuleResult['findings'][number] {
  expect(tier).toBe('zero-miss');
  expect(findings.map(({ subject }) => subject)).toHaveLength(1);
  return findings[0] as RuleResult['findings'][number];
}

/** Bytes sent and received, as the sentence has them. */
function bytesIn(text: string): number[] {
  return [...text.matchAll(/([\d,]+)(?= bytes|(?= received))/g)].map(([digits]) =>
    Number(digits.replaceAll(',', '')),
  );
}

const HAS_TRACE = hasTrace();

describe.concurrent('real programs of Debian under a trace', () => {
  it.skipIf(!HAS_TRACE || !hasProgram('redis-server'))(
    'a redis replica: each heartbeat on the connection that was there before, its bytes, and who gets them',
    async (test) => {
      const master = await stopped(startRedis(), test);
      const replica = await stopped(startReplica(master.port), test);
      const proof = await watch(replica);
      const finding = onlyFinding(ruleOf(proof, 'network-activity'));
      expect(finding.subject).toMatchObject({ 'remote.ip': '127.0.0.1', 'remote.port': master.port });
      expect(finding.text).toContain(`127.0.0.1:${master.port} (redis-server)`);
      // It answers at every tenth of its ticks, and those come late on a busy host.
      const ticks = proof.targets[0]?.wakes.find(({ timeoutSeconds }) => timeoutSeconds === 0.1)?.count ?? 0;
      expect(finding.count, proof.headline).toBeGreaterThanOrEqual(Math.floor(ticks / 10) - 1);
      expect(finding.count).toBeGreaterThan(5);
      // Every 10 s the master asks whether it is there (PING, 14 bytes): one more, where no heartbeat is within a tick of it.
      const [sent = 0, received = 0] = bytesIn(finding.text);
      const pings = Math.ceil(received / 14);
      expect(finding.count, finding.text).toBeLessThanOrEqual(proof.window.durationSeconds + 1 + pings);
      // REPLCONF ACK and a number that grows: 33 bytes, and its digits.
      expect(sent, finding.text).toBeGreaterThanOrEqual(34 * (finding.count - pings));
      expect(sent, finding.text).toBeLessThan(45 * finding.count);
      expect(ruleOf(proof, 'network-inbound').findings).toEqual([]);
      expect(ruleOf(proof, 'child-process').findings).toEqual([]);
    },
  );

  it.skipIf(!HAS_TRACE || !hasProgram('chronyd'))(
    'chronyd: one datagram a poll and its answer, and nothing of what it reads from its own error queue',
    async (test) => {
      const server = await stopped(startTimeServer(), test);
      const client = await stopped(startTimeClient(server.port), test);
      const proof = await watch(client);
      const finding = onlyFinding(ruleOf(proof, 'network-activity'));
      expect(finding.subject).toMatchObject({
        protocol: 'udp',
        'remote.ip': '127.0.0.2',
        'remote.port': server.port,
      });
      expect(finding.text).toContain('(chronyd)');
      expectBeats(proof, finding.count, 2.02);
      expect(bytesIn(finding.text)).toEqual([48 * finding.count, 48 * finding.count]);
      expect(ruleOf(proof, 'network-inbound').findings).toEqual([]);
    },
  );

  it.skipIf(!HAS_TRACE || !hasProgram('prometheus') || !hasProgram('prometheus-node-exporter'))(
    'prometheus: each scrape counts once, with its answer',
    async (test) => {
      const exporter = await stopped(startExporter(), test);
      const prometheus = await stopped(startPrometheus(exporter.port), test);
      const proof = await watch(prometheus);
      const finding = onlyFinding(ruleOf(proof, 'network-activity'));
      expect(finding.subject).toMatchObject({ 'remote.port': exporter.port });
      // The name of the process is cut to 15 bytes.
      expect(finding.text).toContain('(prometheus-node)');
      expectBeats(proof, finding.count, 2);
      const [sent = 0, received = 0] = bytesIn(finding.text);
      expect(sent / finding.count).toBeGreaterThan(100);
      expect(received / finding.count).toBeGreaterThan(500);
    },
  );

  it.skipIf(!HAS_TRACE || !hasProgram('haproxy') || !hasProgram('python3'))(
    'haproxy: its health check, and apart from that its own timer of a second',
    async (test) => {
      const server = await stopped(startPython(ANSWERS, true), test);
      const haproxy = await stopped(startHaproxy(server.port), test);
      const proof = await watch(haproxy);
      const finding = onlyFinding(ruleOf(proof, 'network-activity'));
      expect(finding.text).toContain(`connected to 127.0.0.1:${server.port} (python3)`);
      expectBeats(proof, finding.count, 2.0045);
      const wakes = proof.targets[0]?.wakes ?? [];
      // Where an answer comes late, haproxy asks for what is left of its second; what is shorter belongs to the check.
      const timers = wakes.filter(
        ({ wokenBy, timeoutSeconds }) => wokenBy === 'timer' && (timeoutSeconds ?? 0) > 0.5,
      );
      expect(timers[0]).toMatchObject({ call: 'epoll_wait', timeoutIs: 'asked', thread: 'haproxy' });
      expect(timers[0]?.timeoutSeconds).toBeCloseTo(1, 1);
      expectBeats(
        proof,
        timers.reduce((sum, { count }) => sum + count, 0),
        1.0025,
      );
      const answers = wakes.filter(({ wokenBy }) => wokenBy === 'packet');
      // An answer that comes before haproxy sleeps wakes nobody.
      expect(answers.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(0);
    },
  );

  it.skipIf(!HAS_TRACE || !hasProgram('nginx') || !hasProgram('sshd') || !hasProgram('script'))(
    'connections of less than a millisecond: every beat with address, bytes and thread; nginx and sshd do nothing; watch starts two processes a tick',
    async (test) => {
      const server = await stopped(startPython(HANGS_UP, true), test);
      const [nginx, sshd, agent, watcher] = await Promise.all(
        [startNginx(), startSshd(), startPython(connectsTo(server.port)), startWatch()].map((one) =>
          stopped(one, test),
        ),
      );
      const proof = await watchAll({ nginx: nginx!, sshd: sshd!, agent: agent!, watch: watcher! });
      const [finding, beat, ...others] = proof.findings.filter(({ target }) => target === 'agent');
      expect(others).toEqual([]);
      expect(beat?.text).toMatch(
        /connected to .* every [12](?:\.\d+)? s ± .*, each connection .*, 2 bytes sent; thread python3 sleeps in clock_nanosleep/,
      );
      expect(finding?.subject).toEqual({
        protocol: 'tcp',
        'remote.ip': '127.0.0.1',
        'remote.port': server.port,
      });
      expectBeats(proof, finding?.count, 2);
      expect(bytesIn(finding?.text ?? '')).toEqual([2 * (finding?.count ?? 0)]);
      expect(finding?.actors).toMatchObject([{ pid: agent!.pid, name: 'python3', thread: 'python3' }]);
      expect(proof.findings.filter(({ target }) => target === 'nginx' || target === 'sshd')).toEqual([]);
      expect(findingsOf(proof, 'watch', 'network-activity')).toEqual([]);
      const spawns = findingsOf(proof, 'watch', 'child-process');
      // What lives for less than a tick has the path that /proc would have shown: sh is a link to another shell.
      const programs = spawns.map(({ subject }) => String(subject['exe']));
      expect(programs).toHaveLength(2);
      expect(programs).toContain(realpathSync('/bin/sh'));
      expect(programs.map((path) => basename(path))).toContain('watch');
      for (const { count } of spawns) expectBeats(proof, count, 2.004);
      expectLookedAt(test, proof);
      const failed = proof.rules.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'notApplicable');
      expect(new Set(failed.map(({ target }) => target)).has('sshd'), proof.headline).toBe(false);
    },
  );

  it.skipIf(!HAS_TRACE || !hasProgram('redis-server') || !hasProgram('memcached') || !hasProgram('python3'))(
    'ticks of redis-server, memcached and Python’s http.server: thread, call, timeout and rate',
    async (test) => {
      const [redis, memcached, http] = await Promise.all(
        [startRedis(), startMemcached(), startPython(ANSWERS, true)].map((one) => stopped(one, test)),
      );
      const rules = join(out, 'wakes.yaml');
      writeFileSync(rules, WAKES);
      const proof = await watchAll({ redis: redis!, memcached: memcached!, http: http! }, '--rules', rules);
      const wakesOf = (target: string): ProofWakes[] =>
        (proof.targets.find(({ name }) => name === target)?.wakes ?? []).filter(
          ({ wokenBy }) => wokenBy === 'timer',
        );
      for (const [target, call, seconds, thread] of [
        ['redis', 'epoll_wait', 0.1, 'redis-server'],
        ['memcached', 'epoll_wait', 1, 'memcached'],
        ['http', 'poll', 0.5, 'python3'],
      ] as const) {
        const tick = wakesOf(target).find((one) => one.thread === thread && one.timeoutSeconds === seconds);
        expect(tick, target).toMatchObject({ call, timeoutIs: 'asked', sampledShare: 1 });
        // A tick begins later than the one before asked for: a little, or more on a busy host; the kernel counts all wakes.
        const asked = proof.window.durationSeconds / seconds;
        const woke = (wakeupsPerSecond(proof, target) ?? 0) * proof.window.durationSeconds;
        expect(tick?.count, target).toBeGreaterThan(0.9 * Math.min(asked, woke) - 2);
        expect(tick?.count, target).toBeGreaterThan(0.4 * asked);
        expect(tick?.count, target).toBeLessThanOrEqual(asked + 1);
      }
      expect(wakesOf('memcached').find(({ thread }) => thread === 'mc-lrumaint')).toMatchObject({
        call: 'clock_nanosleep',
        timeoutIs: 'measured',
      });
      const text = (target: string): string | undefined => findingsOf(proof, target, 'wakeups')[0]?.text;
      expect(text('redis')).toContain('thread redis-server sleeps in epoll_wait with a timeout of 100 ms: ');
      expect(text('http')).toMatch(
        /thread python3 sleeps in poll with a timeout of 500 ms: 1[12]\d wakes a minute/,
      );
    },
  );

  it.skipIf(!HAS_TRACE || !hasProgram('python3'))(
    'connections that nobody answers: one attempt each, while the tables show them too',
    async (test) => {
      const server = await stopped(startPython(NEVER_ACCEPTS, true), test);
      const finding = onlyFinding(
        ruleOf(await watch(await stopped(startPython(waitsFor(server.port)), test)), 'network-activity'),
      );
      expect(finding.subject).toMatchObject({ protocol: 'tcp', 'remote.port': server.port });
      expect(finding.text).toContain(`tried to reach 127.0.0.1:${server.port}`);
      // Each waits for 2 s, and 1 s goes by before the next.
      expect(finding.count).toBeGreaterThanOrEqual(4);
      expect(finding.count).toBeLessThanOrEqual(6);
    },
  );

  it.skipIf(!HAS_TRACE || !hasProgram('python3'))(
    'connections that were there before and send alike: each send counts once and has its remote',
    async (test) => {
      const one = await stopped(startPython(LISTENS, true), test);
      const other = await stopped(startPython(LISTENS, true), test);
      const proof = await watch(await stopped(startPython(sendsTo(one.port, one.port, other.port)), test));
      const rule = ruleOf(proof, 'network-activity');
      expect(rule.tier).toBe('zero-miss');
      const counts = new Map(rule.findings.map(({ subject, count }) => [subject['remote.port'], count]));
      expect(new Set(counts.keys())).toEqual(new Set([one.port, other.port]));
      expectBeats(proof, counts.get(other.port), 2);
      expect(counts.get(one.port)).toBe(2 * (counts.get(other.port) ?? 0));
    },
  );

  it.skipIf(!HAS_TRACE || !hasProgram('python3'))(
    'keepalives of the kernel: no doing of the process, and found by a rule that names them',
    async (test) => {
      const server = await stopped(startPython(LISTENS, true), test);
      const client = await stopped(startPython(keepsAlive(server.port)), test);
      const rules = join(out, 'keepalives.yaml');
      writeFileSync(rules, KEEPALIVES);
      const [named, quiet] = await Promise.all([watch(client, '--rules', rules), watch(client)]);
      expect(ruleOf(named, 'kept-alive')).toMatchObject({ verdict: 'fail' });
      expect(named.findings[0]?.subject).toMatchObject({ 'remote.port': server.port });
      expect(ruleOf(quiet, 'network-activity').findings).toEqual([]);
      expect(quiet.targets[0]?.metrics['cpu.percent']?.max).toBe(0);
      expectLookedAt(test, quiet);
      expect(ruleOf(quiet, 'network-activity').verdict).toBe('pass');
    },
  );
});

const LISTENS = `
import socket
s = socket.create_server(('127.0.0.1', {port}), backlog=9)
held = []
while True: held.append(s.accept()[0])
`;

const ANSWERS = `
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.send_header('Content-Length', '0'); self.end_headers()
http.server.HTTPServer(('127.0.0.1', {port}), Handler).serve_forever()
`;

const HANGS_UP = `
import socket
s = socket.create_server(('127.0.0.1', {port}))
while True:
    c, _ = s.accept(); c.recv(9); c.close()
`;

const connectsTo = (port: number): string => `
import socket, time
while True:
    time.sleep(2); c = socket.create_connection(('127.0.0.1', ${port})); c.send(b'hi'); c.close()
`;

/** Its queue is full after the first connections: what comes then is not answered. */
const NEVER_ACCEPTS = `
import signal, socket
s = socket.create_server(('127.0.0.1', {port}), backlog=0)
held = [socket.socket() for _ in range(3)]
for c in held:
    c.setblocking(False); c.connect_ex(s.getsockname())
signal.pause()
`;

const waitsFor = (port: number): string => `
import socket, time
while True:
    time.sleep(1); c = socket.socket(); c.settimeout(2)
    try: c.connect(('127.0.0.1', ${port}))
    except OSError: pass
    c.close()
`;

const sendsTo = (...ports: number[]): string => `
import socket, time
held = [socket.create_connection(('127.0.0.1', port)) for port in (${ports.join(', ')})]
while True:
    time.sleep(2)
    for c in held: c.send(b'hello')
`;

const keepsAlive = (port: number): string => `
import signal, socket
c = socket.create_connection(('127.0.0.1', ${port}))
c.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
c.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
c.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
signal.pause()
`;

const WAKES = `
pack: wakes
rules:
  - { id: wakeups, title: It never wakes, kind: threshold, metric: wakeups.rate, expect: { mean: "< 0.02" } }
`;

const KEEPALIVES = `
pack: keepalives
rules:
  - { id: kept-alive, title: No connection is kept alive, kind: absence, activity: network, match: { op: keepalive } }
`;
