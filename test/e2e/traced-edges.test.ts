import { spawn, spawnSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { ruleOf } from '../support/cli.ts';
import { checkMidway, driven, type Midway } from '../support/midway.ts';
import { freePort, hasProgram } from '../support/programs.ts';
import { hasTrace } from '../support/tracing.ts';
import { expectLookedAt } from '../support/looked-at.ts';

const RUNNABLE = hasTrace() && hasProgram('python3');
const PROGRAMS = fileURLToPath(new URL('../fixtures/programs', import.meta.url));

/** Prints why its tests are skipped where it is forbidden (the sysctl kernel.io_uring_disabled) or not there. */
function hasIoUring(): boolean {
  const code = `import sys; sys.path.insert(0, '${PROGRAMS}'); import io_uring_send; io_uring_send.Ring()`;
  const usable = spawnSync('python3', ['-c', code]).status === 0;
  if (!usable) console.log('skipped: io_uring cannot be used here');
  return usable;
}
const HAS_IO_URING = RUNNABLE && hasIoUring();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'idleproof-edges-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Sink {
  port: number;
  received: () => number;
}

/** Somebody to send datagrams to. */
async function sink({ onTestFinished }: TestContext): Promise<Sink> {
  const socket: Socket = createSocket('udp4').bind(0, '127.0.0.1');
  let count = 0;
  socket.on('message', () => (count += 1));
  await once(socket, 'listening');
  onTestFinished(() => new Promise((resolve) => socket.close(() => resolve())));
  return { port: socket.address().port, received: () => count };
}

/** Whatever else is told: that a worker of the kernel sent is told, or that somebody may have. */
function expectNoPass({ proof, code }: Midway, port: number): void {
  const rule = ruleOf(proof, 'network-activity');
  expect(rule.verdict).not.toBe('pass');
  expect(code).not.toBe(0);
  for (const { subject } of rule.findings) expect(subject).toMatchObject({ 'remote.port': port });
}

describe.skipIf(!HAS_IO_URING).concurrent('sends through io_uring, by workers of the kernel', () => {
  it.for([
    ['by a worker', []],
    ['by the thread that polls it', ['poll']],
  ] as const)('on a ring that was there before, %s: each is found, once', async ([, more], test) => {
    const { port, received } = await sink(test);
    const args = [join(PROGRAMS, 'io_uring_send.py'), `${port}`, '20', '2', ...more];
    const target = spawn('python3', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    test.onTestFinished(async () => {
      const exit = once(target, 'exit');
      if (target.kill('SIGKILL')) await exit;
    });
    await once(target.stdout, 'data');
    let before = 0;
    const run = await checkMidway(target.pid ?? 0, folder, async () => {
      before = received();
      await sleep(6_000);
    });
    expect(received() - before).toBeGreaterThanOrEqual(2);
    expectNoPass(run, port);
    const [finding] = ruleOf(run.proof, 'network-activity').findings;
    expect(finding?.count).toBeGreaterThanOrEqual(2);
    // One byte each.
    expect(finding?.text).toMatch(new RegExp(`, ${finding?.count} times in .*, ${finding?.count} bytes$`));
  });

  it('on a ring that is opened in the window, and used at once: it is no pass', async (test) => {
    const { port, received } = await sink(test);
    const target = await driven(test);
    await target.run(`sys.path.insert(0, '${PROGRAMS}'); import io_uring_send`);
    await target.run(
      `u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.connect(('127.0.0.1', ${port}))`,
    );
    const run = await checkMidway(target.pid, folder, async () => {
      await target.run(`io_uring_send.Ring().send(u.fileno(), b'x')`);
      await sleep(2_500);
    });
    expect(received()).toBe(1);
    expectNoPass(run, port);
  });

  it('on a ring that a child opens, uses once and closes: it is no pass', async (test) => {
    const { port, received } = await sink(test);
    const target = await driven(test);
    await target.run(`sys.path.insert(0, '${PROGRAMS}'); import io_uring_send`);
    await target.run(
      `u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.connect(('127.0.0.1', ${port}))`,
    );
    const send = `io_uring_send.Ring().send(u.fileno(), b'x')`;
    const run = await checkMidway(target.pid, folder, () =>
      target.run(`exec("""pid = os.fork()\\nif pid == 0:\\n ${send}\\n os._exit(0)\\nos.waitpid(pid, 0)""")`),
    );
    expect(received()).toBe(1);
    expectNoPass(run, port);
  });
});

/** Who does what with a connection; `s` is the target's listening socket. */
const STEPS: Record<string, ['peer' | 'target', statement: string]> = {
  opens: ['peer', `c = socket.create_connection(('127.0.0.1', port))`],
  sends: ['peer', `c.send(b'hi')`],
  resets: ['peer', `c.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0)); c.close()`],
  accepts: ['target', 'a, _ = s.accept()'],
  reads: ['target', `exec("""try: a.recv(9)\\nexcept ConnectionResetError: pass""")`],
  closes: ['target', 'a.close()'],
};
const ROUNDS = 2;

describe.skipIf(!RUNNABLE).concurrent('connections that the peer resets', () => {
  it.for([
    ['when something was read: each is told once', 'opens sends accepts reads resets reads closes', ROUNDS],
    // Nothing of the target's own doing is recorded: that there was one, the counters tell.
    ['when they are accepted', 'opens accepts resets reads closes', 0],
    ['before they are accepted', 'opens resets accepts reads closes', 0],
    ['before they are accepted, and nobody reads', 'opens resets accepts closes', 0],
  ] as const)('%s', async ([, steps, told], test) => {
    const port = await freePort();
    const [target, peer] = await Promise.all([driven(test), driven(test)]);
    await target.run(`s = socket.create_server(('127.0.0.1', ${port}))`);
    await peer.run(`port = ${port}; import struct`);
    const { proof } = await checkMidway(target.pid, folder, async () => {
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const step of steps.split(' ')) {
          const [who, statement] = STEPS[step] ?? ['peer', 'pass'];
          await (who === 'peer' ? peer : target).run(statement);
        }
      }
    });
    const inbound = ruleOf(proof, 'network-inbound');
    expect(inbound.findings.map(({ count }) => count)).toEqual(told === 0 ? [] : [told]);
    expect(inbound.verdict, inbound.reason ?? '').toBe(told > 0 ? 'fail' : 'inconclusive');
    expect(ruleOf(proof, 'network-activity').tier).toBe('zero-miss');
    expectLookedAt(test, proof);
    expect(ruleOf(proof, 'network-activity').verdict).toBe('pass');
  });
});

describe.skipIf(!RUNNABLE).concurrent('a socket that sends without a call (AF_XDP)', () => {
  it('is in doubt though it was made and closed between two looks', async (test) => {
    const app = await driven(test);
    const { proof, code } = await checkMidway(app.pid, folder, () =>
      app.run('socket.socket(44, socket.SOCK_RAW).close()'),
    );
    expect(ruleOf(proof, 'network-activity')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('made a socket of kind XDP, whose traffic cannot be seen'),
    });
    expect(code).not.toBe(0);
  });
});
