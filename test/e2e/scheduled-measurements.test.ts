import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, type TestContext } from 'vitest';
import type { DaemonStatus, MeasurementStatus } from '../../src/model/daemon-status.ts';
import type { Proof, RuleResult } from '../../src/model/proof.ts';
import { runCli } from '../support/cli.ts';
import { skipIfLate } from '../support/looked-at.ts';
import { freePort } from '../support/programs.ts';
import { until } from '../support/until.ts';
import { killDaemons, startDaemon, type WatchDaemon, windowsIn } from '../support/watch-daemon.ts';

/** Writes the time of each request into a file; slow while another file is there. */
const SERVER = `import http.server, os, sys, time
port, folder = int(sys.argv[1]), sys.argv[2]
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with open(folder + '/requests', 'a') as log: log.write('%d\\n' % (time.time() * 1000))
        with open(folder + '/tokens', 'a') as log: log.write(self.headers.get('x-token', '') + '\\n')
        if os.path.exists(folder + '/slow'): time.sleep(0.3)
        self.send_response(200); self.send_header('content-length', '2'); self.end_headers(); self.wfile.write(b'ok')
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(('127.0.0.1', port), Handler).serve_forever()`;

const RULES = `pack: ours
rules:
  - { id: latency, kind: measurement, measurement: http.latency, of: health, expect: { p50: "< 60s" } }
  - { id: slower, kind: regression, measurement: http.latency, of: health, expect: { p50: "< +50%" } }
`;

const TICK_MS = 1_000;

let folder: string;
let server: ChildProcess;
let port: number;
let daemon: WatchDaemon;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-scheduled-'));
  port = await freePort();
  server = spawn('python3', ['-c', SERVER, String(port), folder], { stdio: 'ignore' });
  await until(async () => (await fetch(`http://127.0.0.1:${port}/`).catch(() => null)) !== null);
  writeFileSync(join(folder, 'ours.yaml'), RULES);
});
afterEach(() => {
  killDaemons();
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** Measures every ten seconds; windows are opened by hand. */
function start(more = '', env: Record<string, string> = {}): WatchDaemon {
  const config = join(folder, 'idleproof.yaml');
  writeFileSync(
    config,
    `tick: ${TICK_MS}ms
targets: { app: { select: { pid: ${server.pid} } } }
windows: [{ id: by-hand, trigger: manual, settle: 0s, minDuration: 1s }]
rules: [./ours.yaml]
reports: { dir: reports, formats: [json] }
measurements:
  - { id: health, kind: http, url: "http://127.0.0.1:${port}/health", requests: 30, concurrency: 3, cron: "*/10 * * * * *" }
${more}`,
  );
  return startDaemon(config, join(folder, 'state'), { env });
}

const health = ({ measurements }: DaemonStatus): MeasurementStatus | undefined => measurements[0];
const taken = (status: DaemonStatus): number => health(status)?.counts.taken ?? 0;
const stateOf = ({ windows }: DaemonStatus): string | undefined => windows[0]?.state;
const window = (op: 'open' | 'close'): Promise<unknown> =>
  runCli(['window', op, 'by-hand', '--state', join(folder, 'state')]);

const store = (): string => join(folder, 'state', 'evidence.db');

/** Skips a test if the host stood still for more than five ticks, so that the window is over, and what waited for that may begin. */
function expectUncut(test: TestContext, { windows: [one] }: DaemonStatus): void {
  const sinceMs = one?.sinceMs ?? 0;
  const cut = windowsIn(store()).find(({ fromMs, closedBy }) => fromMs >= sinceMs && closedBy === 'gap');
  const open = { fromMs: sinceMs, toMs: Date.now(), tickMs: TICK_MS };
  if (cut !== undefined) skipIfLate(test, 'late', open, 'a gap cut the window');
}

/**
 * Opens a window, does something in it, closes it, and waits for its proof. A host that stands still for more than five ticks cuts the window, so that
 * there is a proof of each part.
 */
async function proofsOf(inIt: (opened: DaemonStatus) => Promise<unknown>): Promise<[Proof, ...Proof[]]> {
  await window('open');
  const opened = await daemon.becomes((status) => stateOf(status) === 'open');
  const fromMs = opened.windows[0]?.sinceMs ?? Infinity;
  await inIt(opened);
  await window('close');
  await daemon.becomes((status) => {
    const last = windowsIn(store()).at(-1);
    const judged = status.windows[0]?.lastVerdict?.fromMs ?? 0;
    return stateOf(status) !== 'open' && judged >= fromMs && judged === last?.fromMs;
  });
  // Stamps of a proof have whole milliseconds.
  const isOfIt = ({ window: { opened: at } }: Proof): boolean => Date.parse(at.utc) > fromMs - 1;
  // Results of measurements lie beside them.
  const [first, ...parts] = readdirSync(join(folder, 'reports'))
    .sort()
    .map((name) => join(folder, 'reports', name, 'proof.json'))
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, 'utf8')) as Proof)
    .filter(isOfIt);
  if (first === undefined) throw new Error('no proof of the window');
  return [first, ...parts];
}

const rule = ({ rules }: Proof, id: string): RuleResult | undefined => rules.find((one) => one.id === id);

describe('a measurement on schedule', () => {
  it('is never taken inside a window: it waits until that is over, and the proof says so', async (test) => {
    daemon = start();
    await daemon.becomes((status) => taken(status) >= 1);
    let takenBefore = 0;
    const proofs = await proofsOf(async (opened) => {
      takenBefore = taken(opened);
      const waiting = await daemon.becomes((status) => health(status)?.state === 'due');
      expect(stateOf(waiting)).toBe('open');
      // Long enough for it to begin, if it did.
      await daemon.becomes(({ looks }) => looks >= waiting.looks + 5);
      const still = await daemon.control.status();
      expectUncut(test, opened);
      expect([health(still)?.state, stateOf(still), taken(still)]).toEqual(['due', 'open', takenBefore]);
    });
    const requests = readFileSync(join(folder, 'requests'), 'utf8').trim().split('\n').map(Number);
    expect(requests.length).toBeGreaterThanOrEqual(30);
    for (const { window: part } of proofs) {
      const [fromMs, toMs] = [part.opened.utc, part.closed.utc].map((at) => Date.parse(at));
      expect(requests.filter((at) => at >= (fromMs ?? 0) && at <= (toMs ?? 0))).toEqual([]);
    }
    expect(JSON.stringify(proofs)).toMatch(
      /the measurement health was due at .*, and waited until the window was over/,
    );
    // What was measured before it is what the rule goes by.
    const [proof] = proofs;
    expect(rule(proof, 'latency'), JSON.stringify(proof.rules)).toMatchObject({ verdict: 'pass' });
    expect(rule(proof, 'slower')).toMatchObject({ verdict: 'inconclusive', measured: 'no baseline' });
    // Then it is taken.
    await daemon.becomes((status) => taken(status) > takenBefore);
    const daemonProof = (await daemon.control.status()).windows[0]?.lastVerdict?.folder ?? '';
    const result = await daemon.stop();
    expect(result.code, result.stderr).toBe(0);
    const reports = readdirSync(join(folder, 'reports'));
    expect(reports.filter((name) => /_app(?:-\d+)?$/.test(name)).length).toBeGreaterThanOrEqual(2);

    // The same verdict again from the evidence, in the hands of others.
    const proofPath = join(daemonProof, 'proof.json');
    const evidence = ['--evidence', join(folder, 'state', 'evidence.db')];
    const verified = await runCli(['verify', proofPath, ...evidence, '--rules', join(folder, 'ours.yaml')]);
    expect(verified.code, verified.stdout + verified.stderr).toBe(0);

    // What holds goes on after a restart.
    daemon = start();
    const again = await daemon.becomes((status) => status.measurements.length > 0);
    expect(health(again)?.last).toMatchObject({ measurementId: 'health', problem: null });
    expect(taken(again)).toBeLessThanOrEqual(1);
  }, 300_000);

  it('sends what the environment holds, which nothing tells or keeps', async () => {
    const secret = 's3cret-of-this-test';
    const measured = `  - { id: secret, kind: http, url: "http://127.0.0.1:${port}/", requests: 3, headers: { x-token: "\${TEST_TOKEN}" }, cron: "*/10 * * * * *" }\n`;
    daemon = start(measured);
    const refused = await daemon.result;
    expect(refused.code).toBe(3);
    expect(refused.stderr).toMatch(/idleproof\.yaml:8:\d+: the environment variable TEST_TOKEN is not set/);

    daemon = start(measured, { TEST_TOKEN: secret });
    const isTaken = ({ measurements }: DaemonStatus): boolean =>
      measurements.some(({ id, counts }) => id === 'secret' && counts.taken > 0);
    const status = await daemon.becomes(isTaken);
    expect(readFileSync(join(folder, 'tokens'), 'utf8').split('\n')).toContain(secret);
    const { stdout, stderr, code } = await daemon.stop();
    expect(code, stderr).toBe(0);
    rmSync(join(folder, 'tokens'));
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    expect(files.length).toBeGreaterThan(3);
    for (const text of [...files, stdout, stderr, JSON.stringify(status)]) expect(text).not.toContain(secret);
  }, 300_000);

  it('is compared with the baseline: rules, an alert, status and metrics tell that it became worse', async () => {
    const metricsPort = await freePort();
    const alert = join(folder, 'alerts');
    daemon = start(
      `metrics: { listen: "127.0.0.1:${metricsPort}" }\nalerts: [{ type: command, argv: [sh, -c, "cat >> ${alert}; echo >> ${alert}"] }]\n`,
    );
    const first = await daemon.becomes((status) => taken(status) >= 1);
    const results = health(first)?.last?.folder ?? '';
    const pinned = await runCli([
      'baseline',
      'set',
      results,
      '--name',
      'fast',
      '--state',
      join(folder, 'state'),
    ]);
    expect(pinned.code, pinned.stderr).toBe(0);
    writeFileSync(join(folder, 'slow'), '');
    const worse = await daemon.becomes((status) => health(status)?.last?.comparison?.verdict === 'fail');
    expect(health(worse)?.last?.comparison).toMatchObject({
      baseline: 'fast',
      headline: expect.stringMatching(
        /^worse than fast: .*p50 of http\.latency \(health\) .* before, .* now, \+/,
      ),
    });
    await until(
      () => existsSync(alert) && readFileSync(alert, 'utf8').includes('The measurement health is worse'),
    );
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(metrics).toContain('idleproof_measurement_regressed{measurement="health"} 1');
    const p50 =
      /idleproof_measurement_seconds\{measurement="health",name="http\.latency",id="health",statistic="p50"\} ([\d.]+)/;
    // The server takes so long at least.
    expect(Number(p50.exec(metrics)?.[1])).toBeGreaterThanOrEqual(0.3);
    expect(metrics).toMatch(/idleproof_measurements_total\{measurement="health",outcome="taken"\} [1-9]/);
    const status = await runCli(['status', '--state', join(folder, 'state')]);
    expect(status.stdout).toMatch(/health .*http .*worse than fast: p50 of http\.latency/);
    const [proof] = await proofsOf((opened) => daemon.becomes(({ looks }) => looks >= opened.looks + 10));
    expect(rule(proof, 'slower'), JSON.stringify(proof.rules)).toMatchObject({ verdict: 'fail' });
  }, 300_000);

  it('that finds nobody is a problem, and no rule goes by what was measured before', async () => {
    daemon = start();
    await daemon.becomes((status) => taken(status) >= 1);
    server.kill('SIGKILL');
    const failed = await daemon.becomes((status) => (health(status)?.counts.failed ?? 0) >= 1);
    const problem = failed.problems.find(({ kind }) => kind === 'measurement');
    expect(problem).toMatchObject({ subject: 'health', text: expect.stringMatching(/^health: ./) });
    const [proof] = await proofsOf((opened) => daemon.becomes(({ looks }) => looks >= opened.looks + 10));
    expect(rule(proof, 'latency')).toMatchObject({ verdict: 'inconclusive' });
    // With the words of the problem.
    expect(`health: ${rule(proof, 'latency')?.reason}`.startsWith(problem?.text ?? '?')).toBe(true);
  }, 300_000);
});
