import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import type { CollectorReport } from '../../src/model/evidence.ts';
import type { Proof } from '../../src/model/proof.ts';
import type { Diagnosis } from '../../src/session/doctor/diagnose.ts';
import { check, ruleOf, runCli } from '../support/cli.ts';
import { startDriver } from '../support/driver.ts';
import {
  ANSWERS_AND_CLOSES,
  beat,
  checkMidway,
  driven,
  INSTANCES,
  instancesOf,
  stopped,
} from '../support/midway.ts';
import { startNginx } from '../support/debian-programs.ts';
import { hasProgram, type Program, startPython } from '../support/programs.ts';
import { expectLookedAt } from '../support/looked-at.ts';
import { hasTrace } from '../support/tracing.ts';

const RUNNABLE = hasTrace() && hasProgram('python3') && hasProgram('nginx');
const TRACEFS = '/sys/kernel/tracing';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-faults-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const listener = (test: TestContext): Promise<Program> =>
  stopped(startPython(ANSWERS_AND_CLOSES, true), test);

/** A command that runs another one with mounts of its own. */
const withMounts = (script: string): string[] => ['unshare', '-m', 'sh', '-ec', `${script}; exec "$@"`, 'sh'];
const HIDDEN = withMounts(
  `for f in ${TRACEFS} /sys/kernel/debug; do mount -t tmpfs none $f && touch $f/taken; done`,
);
const EMPTY = withMounts(`for f in ${TRACEFS} /sys/kernel/debug; do mount -t tmpfs none $f; done`);
const READ_ONLY = withMounts(
  `mount --bind ${TRACEFS} ${TRACEFS} && mount -o remount,ro,bind ${TRACEFS} && mount -t tmpfs -o ro none /sys/kernel/debug`,
);

/** As where others of the same user have left no more inotify watches than these: a user namespace has limits of its own. */
const withWatches = (count: number): string[] => [
  'unshare',
  '--user',
  '--map-current-user',
  '--keep-caps',
  'sh',
  '-ec',
  `echo ${count} > /proc/sys/user/max_inotify_watches; exec "$@"`,
  'sh',
];
/** Whether `withWatches` can be had; prints why its tests are skipped where it cannot. */
function canLimitWatches(): boolean {
  const [file = '', ...args] = withWatches(0);
  const isAllowed = spawnSync(file, [...args, 'true']).status === 0;
  if (!isAllowed) console.log('skipped: a user namespace with limits of its own is not to be had');
  return isAllowed;
}
const LIMITED = RUNNABLE && canLimitWatches();
const UNWATCHED =
  "whether somebody else writes to the kernel's trace is not known: the limit of inotify watches is reached (sysctl fs.inotify.max_user_watches)";

const collectorOf = (proof: Proof, name: string): CollectorReport | undefined =>
  proof.coverage.collectors.find((report) => report.name === name);

async function checkInside(inside: readonly string[], { pid }: Program): ReturnType<typeof check> {
  const out = mkdtempSync(join(folder, 'out-'));
  const args = ['--pid', `${pid}`, '--for', '10s', '--settle', '1s', '--out', out];
  return await check(args, { inside });
}

describe.skipIf(!RUNNABLE).concurrent('a kernel’s trace that is not to be had', () => {
  it.for([
    ['hidden', HIDDEN, 'not there'],
    ['read-only', READ_ONLY, 'read-only'],
  ] as const)(
    '%s: the report says so, the others go on, and nothing is claimed to miss nothing',
    async (given, test) => {
      const [, inside, why] = given;
      const programs: Program[] = [];
      try {
        programs.push(await startPython(ANSWERS_AND_CLOSES, true));
        programs.push(await startPython(beatsEvery(2, programs[0]?.port ?? 0)), await startNginx());
        const [busy, quiet] = await Promise.all([
          checkInside(inside, programs[1] as Program),
          checkInside(inside, programs[2] as Program),
        ]);
        for (const { proof } of [busy, quiet]) {
          expect(collectorOf(proof, 'trace')).toMatchObject({
            status: 'unavailable',
            reason: expect.stringContaining(why),
          });
          expect(collectorOf(proof, 'cpu')?.status).toBe('ok');
          expect(collectorOf(proof, 'sockets')?.status).toBe('ok');
          expect(proof.rules.map(({ tier }) => tier)).not.toContain('zero-miss');
        }
        // Too short to be looked at; the counters of the network tell that there was something.
        expect(ruleOf(busy.proof, 'network-activity').verdict).toBe('inconclusive');
        expect(busy.code).not.toBe(0);
        // It ran no instruction.
        expectLookedAt(test, quiet.proof);
        expect(quiet.code, quiet.proof.headline).toBe(0);
        expect(ruleOf(quiet.proof, 'network-activity')).toMatchObject({ verdict: 'pass', tier: 'counter' });
      } finally {
        await Promise.all(programs.map((program) => program.stop()));
      }
    },
  );

  it('not mounted: it is mounted, and used', async (test) => {
    const { proof, code } = await checkInside(EMPTY, await stopped(startNginx(), test));
    expect(ruleOf(proof, 'network-activity').tier).toBe('zero-miss');
    expectLookedAt(test, proof);
    expect(code, proof.headline).toBe(0);
  });
});

describe.skipIf(!RUNNABLE).concurrent('a flood', () => {
  it('of datagrams overflows the buffer: records were lost, and no claim about the network passes', async (test) => {
    const { port } = await listener(test);
    const target = await driven(test);
    const rules = join(folder, 'calls.yaml');
    writeFileSync(rules, CALLS_BESIDE_UDP);
    const flood = `u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\\nfor _ in range(60_000): u.sendto(b'x', ('127.0.0.1', 9))`;
    // The start of the child may be overwritten, and with it whose its records are: the last word is its parent's.
    const { proof, code } = await checkMidway(
      target.pid,
      folder,
      () =>
        target.run(
          `exec("""pid = os.fork()\\n${flood}\\nif pid == 0: os._exit(0)\\nos.waitpid(pid, 0)\\n${beat(port)}""")`,
        ),
      ['--rules', 'no-background-agents', '--rules', rules],
    );
    expect(code).toBe(1);
    expect(collectorOf(proof, 'trace')?.lost).toBeGreaterThan(0);
    expect(proof.rules.filter(({ verdict }) => verdict === 'pass')).toEqual([]);
    expect(proof.rules.map(({ tier }) => tier)).not.toContain('zero-miss');
    expect(ruleOf(proof, 'network-activity').verdict).toBe('fail');
    expect(ruleOf(proof, 'calls-by-icmp')).toMatchObject({ verdict: 'inconclusive' });
    expect(ruleOf(proof, 'calls-by-tcp').verdict).not.toBe('pass');
  });

  it('between sockets that are no network loses nothing', async (test) => {
    const target = await driven(test);
    const { proof } = await checkMidway(target.pid, folder, () =>
      target.run(
        `exec("""a, b = socket.socketpair()\\nfor _ in range(1_000_000): a.send(b'x'); b.recv(1)""")`,
      ),
    );
    expect(collectorOf(proof, 'trace')).toMatchObject({ status: 'ok', lost: 0 });
    expect(ruleOf(proof, 'network-activity')).toMatchObject({ tier: 'zero-miss', findings: [] });
    expectLookedAt(test, proof);
    expect(ruleOf(proof, 'network-activity').verdict).toBe('pass');
  });
});

describe.skipIf(!RUNNABLE).concurrent('another tracer on the machine', () => {
  it('with an instance of its own: our results are as ever, and it goes on', async (test) => {
    const foreign = join(INSTANCES, `idleproof-foreign-${process.pid}`);
    mkdirSync(foreign);
    test.onTestFinished(() => rmdirSync(foreign));
    writeFileSync(`${foreign}/events/sched/sched_switch/enable`, '1');
    await expectThreeBeats(test);
    expect(readFileSync(`${foreign}/events/sched/sched_switch/enable`, 'utf8')).toBe('1\n');
    expect(readFileSync(`${foreign}/tracing_on`, 'utf8')).toBe('1\n');
    expect(readFileSync(`${foreign}/per_cpu/cpu0/stats`, 'utf8')).toMatch(/^read events: 0$/mu);
    expect(readFileSync(`${foreign}/per_cpu/cpu0/stats`, 'utf8')).toMatch(/^entries: [1-9]/mu);
  });

  it('that uses the buffer of all, its threads and its options: the same', async (test) => {
    const read = (file: string): string => readFileSync(`${TRACEFS}/${file}`, 'utf8');
    if (!isTopFree(read)) {
      console.log('skipped: somebody else uses the top-level trace buffer');
      test.skip('somebody else uses the top-level trace buffer');
    }
    const overwrite = read('options/overwrite');
    test.onTestFinished(() => {
      writeFileSync(`${TRACEFS}/events/sched/sched_switch/enable`, '0');
      writeFileSync(`${TRACEFS}/set_event_pid`, '');
      writeFileSync(`${TRACEFS}/options/overwrite`, overwrite);
      writeFileSync(`${TRACEFS}/trace`, '');
    });
    writeFileSync(`${TRACEFS}/options/overwrite`, '0');
    writeFileSync(`${TRACEFS}/set_event_pid`, `${process.pid}`);
    writeFileSync(`${TRACEFS}/events/sched/sched_switch/enable`, '1');
    const reader = spawn('cat', [`${TRACEFS}/trace_pipe`], { stdio: ['ignore', 'pipe', 'ignore'] });
    test.onTestFinished(() => ended(reader));
    let bytes = 0;
    reader.stdout.on('data', (chunk: Buffer) => (bytes += chunk.length));
    await expectThreeBeats(test);
    expect(bytes).toBeGreaterThan(0);
    expect(read('set_event_pid')).toBe(`${process.pid}\n`);
    expect(read('events/sched/sched_switch/enable')).toBe('1\n');
  });
});

describe.skipIf(!RUNNABLE).concurrent('a trace that somebody meddles with', () => {
  it('switched off for a moment between two controls: what was called then is no pass', async (test) => {
    const { port } = await listener(test);
    const target = await driven(test);
    const { proof, code } = await checkMidway(target.pid, folder, async ({ pid }) => {
      const switches = instancesOf(pid).map((name) => join(INSTANCES, name, 'tracing_on'));
      for (const path of switches) writeFileSync(path, '0');
      await target.run(beat(port));
      for (const path of switches) writeFileSync(path, '1');
    });
    expect(code).toBe(2);
    expect(collectorOf(proof, 'trace')).toMatchObject({
      status: 'partial',
      reason: "somebody else wrote to tracing_on of the kernel's trace",
    });
    expect(ruleOf(proof, 'network-activity')).toMatchObject({ verdict: 'inconclusive' });
  });

  it.skipIf(!LIMITED)(
    'where nobody would hear of it, for want of inotify watches: the same',
    async (test) => {
      const { port } = await listener(test);
      const target = await stopped(startDriver(...withWatches(0)), test);
      const inside = ['nsenter', '--user', '--preserve-credentials', `--target=${target.pid}`, '--'];
      const { proof, code } = await checkMidway(
        target.pid,
        folder,
        async ({ pid }) => {
          const switches = instancesOf(pid).map((name) => join(INSTANCES, name, 'tracing_on'));
          expect(switches).not.toEqual([]);
          for (const path of switches) writeFileSync(path, '0');
          await target.run(beat(port));
          for (const path of switches) writeFileSync(path, '1');
        },
        [],
        { inside },
      );
      expect(code).toBe(2);
      expect(collectorOf(proof, 'trace')).toMatchObject({ status: 'partial', reason: UNWATCHED });
      expect(proof.rules.map(({ tier }) => tier)).not.toContain('zero-miss');
      expect(ruleOf(proof, 'network-activity')).toMatchObject({ verdict: 'inconclusive' });
    },
  );

  it.skipIf(!LIMITED).each([0, 1])(
    'is told by the doctor as one of which nobody would hear it, with %i watches',
    async (count) => {
      const { code, stdout, stderr } = await runCli(['doctor', '--json'], { inside: withWatches(count) });
      expect(code, stderr).toBe(0);
      const { collectors, lifts } = JSON.parse(stdout) as Diagnosis;
      expect(collectors.find(({ name }) => name === 'trace')).toMatchObject({
        status: 'partial',
        reason: UNWATCHED,
      });
      expect(lifts.map(({ command }) => command).join()).not.toContain('mount -t tracefs');
    },
  );
});

/** Three beats in the window are found, neither more nor less. */
async function expectThreeBeats(test: TestContext): Promise<void> {
  const { port } = await listener(test);
  const target = await driven(test);
  const { proof, pid } = await checkMidway(target.pid, folder, async () => {
    for (let count = 0; count < 3; count += 1) await target.run(`${beat(port)}; time.sleep(1.5)`);
  });
  expect(collectorOf(proof, 'trace')).toMatchObject({ status: 'ok', lost: 0 });
  expect(ruleOf(proof, 'network-activity')).toMatchObject({
    tier: 'zero-miss',
    findings: [{ count: 3, subject: { 'remote.port': port } }],
  });
  expect(instancesOf(pid)).toEqual([]);
}

function isTopFree(read: (file: string) => string): boolean {
  const isQuiet = read('set_event').trim() === '' && read('set_event_pid').trim() === '';
  return isQuiet && read('current_tracer') === 'nop\n' && read('tracing_on') === '1\n';
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  if (child.kill('SIGKILL')) await exit;
}

const beatsEvery = (seconds: number, port: number): string => `
import socket, time
while True:
    time.sleep(${seconds})
    ${beat(port)}
`;

const CALLS_BESIDE_UDP = `
pack: beside-udp
rules:
  - { id: calls-by-tcp, title: Nothing is called by TCP, kind: absence, activity: network, match: { protocol: tcp, remote.port: 9 } }
  - { id: calls-by-icmp, title: Nothing is called by ICMP, kind: absence, activity: network, match: { protocol: icmp } }
`;
