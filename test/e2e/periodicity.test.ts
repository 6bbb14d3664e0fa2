import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { Proof } from '../../src/model/proof.ts';
import { check, ruleOf, runCli } from '../support/cli.ts';
import { startRedis } from '../support/debian-programs.ts';
import { expectLookedAt } from '../support/looked-at.ts';
import { hasProgram, type Program, startPython } from '../support/programs.ts';
import { Switches } from '../support/switches.ts';
import { hasTrace } from '../support/tracing.ts';

let out: string;
beforeAll(() => {
  out = mkdtempSync(join(tmpdir(), 'idleproof-periodicity-'));
});
afterAll(() => rmSync(out, { recursive: true, force: true }));

async function stopped(program: Promise<Program>, { onTestFinished }: TestContext): Promise<Program> {
  const started = await program;
  onTestFinished(() => started.stop());
  return started;
}

const HAS_TRACE = hasTrace();

const watch = async ({ pid }: Program, ...more: string[]): Promise<Proof> =>
  (await check(['--pid', String(pid), '--settle', '1s', '--out', out, ...more])).proof;

function rulesFile(name: string, rule: string): string {
  const path = join(out, `${name}.yaml`);
  writeFileSync(path, `pack: ${name}\nrules:\n  - { id: beat, kind: periodicity, ${rule} }\n`);
  return path;
}

/**
 * One datagram every second to one address, and at random times to sixty others. What these are together has a period by chance, once in a hundred
 * windows with the `alpha` of rules that name none.
 */
const AMONG_OTHERS = `
import random, socket, time
random.seed(4)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
begin = time.time() + 2
acts = [(begin + n, 9999) for n in range(60)] + [(begin + random.random() * 40, 10000 + n % 60) for n in range(120)]
for at, port in sorted(acts):
    time.sleep(max(0, at - time.time()))
    s.sendto(b"hello", ("127.0.0.1", port))
time.sleep(60)
`;

/** One datagram every 6.5 s, and thirty at random times to the same address. */
const HIDDEN = `
import random, socket, time
random.seed(8)
begin = time.time() + 1
acts = [begin + 6.5 * n for n in range(6)] + [begin + random.random() * 40 for n in range(30)]
for at in sorted(acts):
    time.sleep(max(0, at - time.time()))
    # Of one socket, what is sent within a second would be told as one.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s: s.sendto(b"hello", ("127.0.0.1", 9999))
time.sleep(60)
`;

/** Skips a test where a busy host woke a program less often than its timers asked for, so that the beat is the host's. */
function expectWokenInTime(
  { skip }: TestContext,
  { window }: Proof,
  switches: Switches,
  perSecond: number,
): void {
  const [fromMs, toMs] = [window.opened, window.closed].map(({ utc }) => Date.parse(utc)) as [number, number];
  const woken = (1000 * switches.between(fromMs, toMs)) / (toMs - fromMs);
  if (Math.abs(woken / perSecond - 1) < 0.015) return;
  const reason = `the host woke it ${woken.toFixed(2)} times a second, and its timers asked for ${perSecond}`;
  console.log(`skipped, since ${reason}`);
  skip(reason);
}

/** Uses half of a processor at first, and less and less of it for some 14 s; nothing after that. Writes down how long that took. */
const DYING_DOWN = (path: string): string => `
import time
begin = time.time()
for n in range(140):
    end = time.process_time() + 0.05 * 0.97 ** n
    while time.process_time() < end: pass
    time.sleep(0.1)
open(${JSON.stringify(path)}, 'w').write(str(time.time() - begin))
time.sleep(120)
`;

describe.concurrent('periodicity, on real programs', () => {
  it("finds the three periods of the demo's agent, and says what a quiet window excludes", async (test) => {
    const { code, stdout, stderr } = await runCli(['demo', '--for', '40s', '--json', '--out', out]);
    const [quiet, agent] = JSON.parse(stdout) as [Proof, Proof];
    expectLookedAt(test, quiet, agent);
    expect(code, stderr).toBe(0);
    expect(quiet.headline).toMatch(/periods up to 4[0-2](\.\d)? s \(95 %\)/);
    for (const [id, seconds] of [
      ['network-period', 3],
      ['event-period', 5],
      ['process-period', 7],
    ] as const) {
      const { findings } = ruleOf(agent, id);
      expect(findings, id).toHaveLength(1);
      expect(Math.abs((findings[0]?.period?.seconds ?? 0) / seconds - 1), id).toBeLessThan(0.02);
    }
  });

  it.skipIf(!HAS_TRACE || !hasProgram('redis-server'))(
    'redis-server wakes every 100 ms: that breaks no-polling, and none of the default packs',
    async (test) => {
      const redis = await stopped(startRedis(), test);
      const switches = new Switches(redis.pid);
      test.onTestFinished(() => switches.stop());
      const [polling, standard] = await Promise.all([
        watch(redis, '--for', '15s', '--rules', 'no-polling'),
        watch(redis, '--for', '15s'),
      ]);
      expect(polling.verdict).toBe('fail');
      expect(standard.rules.filter(({ verdict }) => verdict === 'fail')).toEqual([]);
      expectWokenInTime(test, polling, switches, 10);
      // A busy host wakes it late, for which it then asks for less.
      const finding = ruleOf(polling, 'periodic-wakes').findings.find(({ text }) =>
        text.includes('with a timeout of 100 ms'),
      );
      expect(Math.abs((finding?.period?.seconds ?? 0) / 0.1003 - 1)).toBeLessThan(0.1);
      expect(finding?.text).toMatch(
        /woke by timer every 1\d\d(\.\d+)? ms .* sleeps in epoll_wait with a timeout of 100 ms/,
      );
    },
  );

  it('a timer of five minutes cannot be excluded in seconds', async () => {
    const rules = rulesFile('five-minutes', 'activity: process, period: { max: 5m }');
    const app = ['--', process.execPath, '-e', 'setInterval(() => fetch("http://127.0.0.1:9"), 300_000)'];
    const { proof, code } = await check([
      '--for',
      '12s',
      '--settle',
      '3s',
      '--rules',
      rules,
      '--out',
      out,
      ...app,
    ]);
    expect(code).toBe(2);
    expect(ruleOf(proof, 'beat').reason).toMatch(
      /exclude periods up to 1\d(\.\d+)? s, and the rule asks for 5 min/,
    );
  });

  it.skipIf(!HAS_TRACE)('one remote on a beat is found among sixty at random times', async (test) => {
    const app = await stopped(startPython(AMONG_OTHERS), test);
    const rules = rulesFile(
      'remotes',
      'activity: network, match: { direction: outbound, op: send }, alpha: 0.0001',
    );
    const { findings } = ruleOf(await watch(app, '--for', '30s', '--rules', rules), 'beat');
    expect(findings.map(({ subject }) => subject['remote.port'])).toEqual([9999]);
    expect(findings[0]?.period?.seconds).toBeCloseTo(1, 2);
  });

  it.skipIf(!HAS_TRACE)(
    'a timer that hides among as many other calls is not said to be excluded',
    async (test) => {
      const app = await stopped(startPython(HIDDEN), test);
      const rules = rulesFile('hidden', 'activity: network, match: { op: send }, period: { max: 7s }');
      const proof = await watch(app, '--for', '30s', '--rules', rules);
      const beat = ruleOf(proof, 'beat');
      expect(Number.parseInt(beat.measured, 10)).toBeGreaterThan(10);
      expect(beat.verdict, beat.expected).not.toBe('pass');
      expect(beat.reason).toMatch(/among \d+ events it takes \d+ beats to tell a period/);
    },
  );

  it('an app that dies down: a fixed settle time notes it, auto waits for it', async (test) => {
    const paths = [join(out, 'took'), join(out, 'took-too')] as const;
    const [one, other] = await Promise.all([
      stopped(startPython(DYING_DOWN(paths[0])), test),
      stopped(startPython(DYING_DOWN(paths[1])), test),
    ]);
    const [fixed, auto] = await Promise.all([
      watch(one, '--for', '40s', '--rules', 'idle-budget'),
      watch(other, '--for', '12s', '--rules', 'idle-budget', '--settle', 'auto'),
    ]);
    const took = paths.map((path) => (existsSync(path) ? Number(readFileSync(path, 'utf8')) : Infinity));
    if (Math.max(...took) > 20) {
      const reason = `the host let them take ${took.join(' and ')} s to calm down, and not 16`;
      console.log(`skipped, since ${reason}`);
      test.skip(reason);
    }
    expect(auto.window.settleSeconds).toBeGreaterThan(12);
    expect(auto.targets[0]).toMatchObject({ settling: null });
    expect(fixed.targets[0]?.settling).toMatchObject({
      metric: expect.stringMatching(/cpu|wakeups/) as string,
    });
    expect(fixed.targets[0]?.notes.join()).toMatch(
      /was still dying down: .* --settle \d+s, or --settle auto/,
    );
    expectLookedAt(test, auto);
    expect(ruleOf(auto, 'idle-cpu').verdict).toBe('pass');
  });
});
