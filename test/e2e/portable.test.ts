import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Proof } from '../../src/model/proof.ts';
import { check, ruleOf, runCli } from '../support/cli.ts';
import { type Driver, startDriver } from '../support/driver.ts';
import { expectLookedAt, expectReadInTime } from '../support/looked-at.ts';
import { hasProgram } from '../support/programs.ts';

let out: string;
let app: Driver | null = null;

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-portable-'));
});
afterEach(async () => {
  await app?.stop();
  app = null;
  rmSync(out, { recursive: true, force: true });
});

/** Readings of a busy host take their time. */
const PORTABLE = ['--collectors', 'portable', '--tick', '3s', '--for', '15s', '--settle', '1s'];

const checkApp = async (...args: string[]): Promise<Proof> =>
  (await check(['--pid', String(app?.pid), ...PORTABLE, '--out', out, ...args])).proof;

it('proves the demo app quiet, then not, and says what could have been missed', async (test) => {
  const args = ['demo', '--collectors', 'portable', '--accept-sampled', '1s', '--json', '--out', out];
  const { stdout } = await runCli(args);
  const proofs = JSON.parse(stdout) as Proof[];
  const [quiet, agent] = proofs as [Proof, Proof];
  expect(agent.verdict).toBe('fail');
  const texts = agent.findings.map(({ text }) => text).join('\n');
  expect(texts).toMatch(/tool_run/);
  for (const { coverage, notWatched } of proofs) {
    const ours = coverage.collectors.filter(({ name }) => name !== 'events');
    expect(new Set(ours.map(({ tier }) => tier))).toEqual(new Set(['sampled']));
    expect(notWatched).toEqual(expect.arrayContaining(['wakeups', 'io']));
  }
  expect(readdirSync(out)).toHaveLength(2);
  expectReadInTime(test, agent, quiet);
  expectLookedAt(test, quiet);
  expect(texts).toMatch(/connected to 127\.0\.0\.1/);
  expect(texts).toMatch(/started by node/);
  expect(quiet.verdict, quiet.headline).toBe('pass');
  expect(quiet.headline).toContain('what lived shorter than 1 s may have been missed');
  expect(quiet.coverage.excludes.connectionLifetimeSeconds?.min).toBeGreaterThan(0.9);
});

it('does not prove the demo app quiet where nobody accepts what sampling misses', async () => {
  const args = ['demo', '--collectors', 'portable', '--for', '11s', '--json', '--out', out];
  const { code, stdout } = await runCli(args);
  const verdicts = (JSON.parse(stdout) as Proof[]).map(({ verdict }) => verdict);
  expect(verdicts).toEqual(['inconclusive', 'fail']);
  expect(code).toBe(1);
});

it.skipIf(!hasProgram('python3'))(
  'claims no absence without leave, and no CPU time or wakeups at all',
  async (test) => {
    app = await startDriver();
    const proof = await checkApp();
    expect(proof.verdict).toBe('inconclusive');
    for (const id of ['network-activity', 'child-process', 'idle-cpu', 'idle-wakeups']) {
      expect(ruleOf(proof, id).verdict, id).toBe('inconclusive');
    }
    expect(ruleOf(proof, 'idle-wakeups').measured).toMatch(/unknown/);
    expectReadInTime(test, proof);
    expect(ruleOf(proof, 'idle-cpu').measured).toMatch(/at least/);
  },
);

it.skipIf(!hasProgram('python3'))('does not take an open connection for a silent one', async (test) => {
  app = await startDriver();
  await app.run('server = listen(); near, far = connect(server)');
  const proof = await checkApp('--accept-sampled', '3s', '--rules', 'no-background-agents');
  expect(proof.verdict).toBe('inconclusive');
  expectReadInTime(test, proof);
  expect(ruleOf(proof, 'network-activity').reason).toMatch(/what is sent on it is not seen/);
});

it.skipIf(!hasProgram('python3'))('does not take a stopped app for an idle one', async (test) => {
  app = await startDriver();
  process.kill(app.pid, 'SIGSTOP');
  try {
    const proof = await checkApp('--accept-sampled', '3s', '--rules', 'no-background-agents');
    expect(proof.verdict).toBe('inconclusive');
    expectReadInTime(test, proof);
    expect(ruleOf(proof, 'child-process').reason).toMatch(/was stopped/);
  } finally {
    process.kill(app.pid, 'SIGCONT');
  }
});

it.each([
  [['--collectors', 'portabel'], /neither auto nor portable/],
  [['--collectors', 'portable', '--tick', '500ms'], /too short for the portable collectors/],
])('refuses %j', async (args, message) => {
  const { code, stderr } = await runCli(['check', '--pid', '1', '--out', out, ...args]);
  expect(code).toBe(3);
  expect(stderr).toMatch(message);
});

it('is loaded only when it is asked for', () => {
  const main = readFileSync(new URL('../../dist/session/posts.js', import.meta.url), 'utf8');
  expect(main).not.toMatch(/^import .*portable/m);
});
