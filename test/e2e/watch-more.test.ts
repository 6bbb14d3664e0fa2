import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DaemonStatus } from '../../src/model/daemon-status.ts';
import type { Proof } from '../../src/model/proof.ts';
import { Receiver } from '../support/alerts.ts';
import { type CliRun, type CliResult, runCli, startCli } from '../support/cli.ts';
import { expectLookedAt } from '../support/looked-at.ts';
import { freePort } from '../support/programs.ts';

/** Starts a helper that outlives it, and says once who both are. */
const APP = `import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
const helper = spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' });
appendFileSync('pids', process.pid + ' ' + helper.pid + '\\n');
console.log('the app is up');
setInterval(() => {}, 1_000_000);
`;

const rules = (expected: string): string => `pack: ours
rules:
  - { id: calm, title: Calm, failureTitle: Busy, kind: threshold, metric: cpu.percent, minDuration: 1s, expect: { mean: "${expected}" } }
  - { id: beat, title: No beat, failureTitle: A beat, kind: periodicity, activity: process, minDuration: 1s }
`;

let folder: string;
let state: string;
let env: NodeJS.ProcessEnv;
let receiver: Receiver;
let daemon: CliRun | null;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ip-more-'));
  state = join(folder, 'xdg', 'idleproof');
  mkdirSync(state, { recursive: true, mode: 0o700 });
  receiver = new Receiver();
  await receiver.up();
  env = { ...process.env, XDG_STATE_HOME: join(folder, 'xdg'), ALERT_URL: receiver.url };
  writeFileSync(join(folder, 'app.mjs'), APP);
  writeFileSync(join(folder, 'ours.yaml'), rules('< 50'));
});
afterEach(async () => {
  if (daemon !== null) {
    daemon.child.kill('SIGTERM');
    await daemon.result;
  }
  for (const pid of pidsOf().flat()) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
  await receiver.down();
  rmSync(folder, { recursive: true, force: true });
});

function configure(more: string): void {
  writeFileSync(
    join(folder, 'idleproof.yaml'),
    `tick: 1s
targets: { app: { select: { command: [${JSON.stringify(process.execPath)}, app.mjs] } } }
windows:
  - { id: whole, trigger: run, settle: 0s, minDuration: 1s }
  - { id: by-hand, trigger: manual, settle: 0s, minDuration: 1s }
rules: [./ours.yaml]
${more}`,
  );
}

function start(): void {
  daemon = startCli(['watch', '--config', 'idleproof.yaml', '--state', state], { cwd: folder, env });
}

const idleproof = (...args: string[]): Promise<CliResult> => runCli(args, { cwd: folder, env });

async function status(): Promise<DaemonStatus | null> {
  const { code, stdout } = await idleproof('status', '--json');
  return code === 0 ? (JSON.parse(stdout) as DaemonStatus) : null;
}

/** Asks until it holds; what it waits for takes seconds. */
async function until<T>(what: () => Promise<T | null> | T | null): Promise<T> {
  for (;;) {
    const found = await what();
    if (found !== null) return found;
    await sleep(200);
  }
}

const windowIn = (now: DaemonStatus | null, id: string): DaemonStatus['windows'][number] | null =>
  now?.windows.find((window) => window.id === id) ?? null;

const opened = (id: string): Promise<DaemonStatus['windows'][number]> =>
  until(async () => {
    const window = windowIn(await status(), id);
    return window?.state === 'open' ? window : null;
  });

/** A window by hand around some work, and what became of it. */
async function byHand(work: () => Promise<unknown>): Promise<Proved> {
  const open = await idleproof('window', 'open', 'by-hand');
  expect(open.code, open.stderr).toBe(0);
  const { sinceMs } = await opened('by-hand');
  await work();
  const close = await idleproof('window', 'close', 'by-hand');
  expect(close.code, close.stderr).toBe(0);
  return proofOf('by-hand', sinceMs);
}

/** What became of a window, and where its proof lies. */
interface Proved {
  folder: string;
  proof: Proof;
}

/** A host that stands still for seconds cuts the window, so that another verdict may be the last one by then. */
async function proofOf(id: string, fromMs: number): Promise<Proved> {
  const reports = join(folder, 'reports');
  return until(() => {
    const found = (existsSync(reports) ? readdirSync(reports) : [])
      .map((name) => join(reports, name))
      .filter((at) => existsSync(join(at, 'proof.json')))
      .map(
        (at): Proved => ({
          folder: at,
          proof: JSON.parse(readFileSync(join(at, 'proof.json'), 'utf8')) as Proof,
        }),
      );
    const isOf = ({ proof: { window } }: Proved): boolean =>
      window.id === id && Math.abs(Date.parse(window.opened.utc) - fromMs) < 1;
    return found.find(isOf) ?? null;
  });
}

/** By start: the app, and its helper. */
function pidsOf(): [app: number, helper: number][] {
  if (!existsSync(join(folder, 'pids'))) return [];
  const lines = readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n');
  return lines.map((line) => line.split(' ').map(Number) as [number, number]);
}

function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

const summaries = (ending: string): string[] =>
  readdirSync(join(folder, 'reports')).filter((name) => name.includes('_summary') && name.endsWith(ending));

it('runs a command for its life, with windows, baselines, reloads, measurements by others and summaries', async (test) => {
  configure('');
  start();
  const whole = await opened('whole');
  const [[app, helper] = [0, 0]] = pidsOf();
  expect(readFileSync(join(state, 'commands', 'app.log'), 'utf8')).toBe('the app is up\n');

  // By hand, and pinned.
  const first = await byHand(() => sleep(3_000));
  expectLookedAt(test, first.proof);
  expect(first.proof.verdict, first.proof.headline).toBe('pass');
  expect((await idleproof('window', 'list')).stdout).toMatch(/whole +run +open/);
  const pin = await idleproof('baseline', 'pin', first.folder, '--name', 'good');
  expect(pin.code, pin.stderr).toBe(0);
  expect((await idleproof('baseline', 'list')).stdout).toMatch(/^good: 1 window, pinned /);
  expect((await idleproof('baseline', 'pin', first.folder, '--name', 'good')).stderr).toMatch(
    /^error BASELINE_TAKEN/,
  );

  // A check of the same process is in the open.
  const spoilt = await byHand(async () => {
    const out = join(folder, 'checks');
    const check = await idleproof(
      'check',
      '--pid',
      String(app),
      '--for',
      '2s',
      '--settle',
      '0s',
      '--out',
      out,
    );
    expect(check.stderr).not.toMatch(/^error/m);
  });
  expect(spoilt.proof.verdict).toBe('inconclusive');
  expect(spoilt.proof.rules[0]?.reason).toMatch(/(?:^|; )app was measured: by idleproof check \(pid \d+\)/);

  // Other rules, metrics and alerts, and the watch goes on.
  const port = await freePort();
  writeFileSync(join(folder, 'ours.yaml'), rules('> 99'));
  configure(`metrics: { listen: 127.0.0.1:${port} }\nalerts: [{ type: webhook, url: "\${ALERT_URL}" }]\n`);
  const metrics = await until(async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null);
    return answer === null ? null : answer.text();
  });
  expect(metrics).toContain('idleproof_window_state{window="whole",state="open"} 1');
  const broken = await byHand(() => sleep(2_000));
  expect(broken.proof.verdict).toBe('fail');
  expect(windowIn(await status(), 'whole')).toMatchObject({ state: 'open', sinceMs: whole.sinceMs });
  expect(receiver.told).toEqual([]);

  // The command ends by itself: its window too, and it is not started again.
  process.kill(app, 'SIGKILL');
  const life = await proofOf('whole', whole.sinceMs);
  expect(life.proof.window.closedBy).toBe('target');
  const [told] = await until(() => (receiver.told.length > 0 ? receiver.told : null));
  expect(told).toMatch(/firing$/);
  const after = await status();
  expect(after?.problems.map(({ kind, subject }) => [kind, subject])).toContainEqual(['command', 'app']);
  expect(pidsOf()).toHaveLength(1);
  expect(isAlive(helper)).toBe(true);

  daemon?.child.kill('SIGTERM');
  const { code, stderr } = (await daemon?.result) ?? { code: null, stderr: '' };
  daemon = null;
  expect(code, stderr).toBe(0);
  expect(isAlive(helper)).toBe(false);
  const [md = '', ...more] = summaries('.md');
  expect({ md, more }).toMatchObject({
    md: expect.stringMatching(/^\d{4}-\d\d-\d\d_summary\.md$/),
    more: [],
  });
  expect(readFileSync(join(folder, 'reports', md), 'utf8')).toMatch(/^# FAIL: 4 windows/);
});

it('stops what a killed daemon left running, and writes summaries by cron', async (test) => {
  configure('reports: { cron: "*/2 * * * * *", formats: [json] }\n');
  start();
  await opened('whole');
  daemon?.child.kill('SIGKILL');
  await daemon?.result;
  const [[left] = [0]] = pidsOf();
  expect(isAlive(left)).toBe(true);

  start();
  await opened('whole');
  expect(isAlive(left)).toBe(false);
  expect(pidsOf()).toHaveLength(2);
  const done = await byHand(() => sleep(2_000));
  const names = await until(() => (summaries('.json').length > 1 ? summaries('.json') : null));
  expect(names).toContainEqual(expect.stringMatching(/_summary-2\.json$/));
  const last = JSON.parse(readFileSync(join(folder, 'reports', names[0] as string), 'utf8')) as object;
  expect(last).toMatchObject({ total: { windows: 1 } });
  // By hand, the same.
  const { stdout } = await runCli(['report', '--state', state, '--window', 'by-hand', '--json'], { env });
  const byWindow = JSON.parse(stdout) as object;
  // Nobody but a journal has its log already.
  expect(readFileSync(join(state, 'idleproof.log'), 'utf8')).toContain('"msg":"watching"');
  expect(statSync(join(state, 'idleproof.log')).mode & 0o777).toBe(0o600);
  expectLookedAt(test, done.proof);
  expect(done.proof.verdict, done.proof.headline).toBe('pass');
  for (const summary of [last, byWindow]) expect(summary).toMatchObject({ excludedTogether: { windows: 1 } });
});
