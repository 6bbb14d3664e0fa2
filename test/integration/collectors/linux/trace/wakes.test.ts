import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { Wakes } from '../../../../../src/collectors/linux/trace/wakes.ts';
import type { WakeStretch } from '../../../../../src/model/wake.ts';
import { startRedis } from '../../../../support/debian-programs.ts';
import { freePort, hasProgram, type Program } from '../../../../support/programs.ts';
import { hasTrace, Tracing } from '../../../../support/tracing.ts';

const running: { stop(): Promise<void> }[] = [];
const tracings: Tracing[] = [];

afterEach(async () => {
  for (const tracing of tracings.splice(0)) tracing.close();
  await Promise.all(running.splice(0).map((program) => program.stop()));
});

async function started(start: Promise<Program>): Promise<number> {
  const program = await start;
  running.push(program);
  return program.pid;
}

/** A program that prints something when it has begun. */
async function run(command: string, ...args: string[]): Promise<number> {
  const child: ChildProcess = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push({
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL'))
        await once(child, 'exit');
    },
  });
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  await Promise.race(streams.map((stream) => once(stream, 'data')));
  for (const stream of streams) stream.resume();
  return child.pid ?? 0;
}

/** A Python server that greets whoever connects, after a moment. */
const answers = (port: number): string => `
import socket, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', ${port}))
s.listen()
print('ready')
while True:
    c = s.accept()[0]
    time.sleep(0.05)
    try:
        c.send(b'ok')
        c.recv(1)
    except OSError:
        pass
    c.close()
`;

const threadsOf = (pid: number): number[] => readdirSync(`/proc/${pid}/task`).map(Number);

function nameOf(tid: number): string | null {
  try {
    return readFileSync(`/proc/${tid}/comm`, 'utf8').trim();
  } catch {
    return null;
  }
}

/** The wakes of a process until there are so many of them; its number is its pid. */
async function wakesOf(pid: number, enough: number, meanwhile = () => {}): Promise<WakeStretch[]> {
  const tids = threadsOf(pid);
  const tracing = new Tracing(tids);
  tracings.push(tracing);
  const wakes = new Wakes({
    targetOf: (tid) => (tids.includes(tid) ? 'app' : null),
    processOf: (tid) => (tids.includes(tid) ? pid : null),
    nameOf,
    toMs: (atNs) => atNs / 1e6,
  });
  for (let woken = 0; woken < enough; ) {
    await sleep(200);
    meanwhile();
    for (const record of tracing.records()) {
      wakes.record(record);
      if (record.event === 'waking' && tids.includes(record.wokenTid)) woken += 1;
    }
  }
  expect(tracing.missed).toBe(0);
  return wakes.take().sort((a, b) => b.count - a.count);
}

describe.skipIf(!hasTrace())('why a real program wakes', () => {
  it.skipIf(!hasProgram('redis-server'))('redis-server: its timer, every 100 ms', async () => {
    const pid = await started(startRedis());
    const [top] = await wakesOf(pid, 20);
    expect(top).toMatchObject({
      processId: pid,
      tid: pid,
      thread: 'redis-server',
      call: 'epoll_wait',
      timeoutMs: 100,
      timeoutIs: 'asked',
      wokenBy: 'timer',
      waker: null,
    });
    expect(top?.count).toBeGreaterThanOrEqual(15);
    // A timer is never early, however busy the machine is.
    expect(top?.intervalMs).toBeGreaterThanOrEqual(99);
  });

  it('node: its timer', async () => {
    const pid = await run(process.execPath, '-e', 'setInterval(() => {}, 300); console.log("ready")');
    const timer = (await wakesOf(pid, 6)).find(({ tid, wokenBy }) => tid === pid && wokenBy === 'timer');
    expect(timer).toMatchObject({ call: 'epoll_pwait', timeoutIs: 'asked' });
    expect(timer?.timeoutMs).toBeLessThanOrEqual(300);
  });

  it.skipIf(!hasProgram('haproxy') || !hasProgram('python3'))(
    'haproxy: the answers to its health check apart from its timer',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'idleproof-haproxy-'));
      running.push({ stop: async () => rmSync(folder, { recursive: true, force: true }) });
      const [port, served] = [await freePort(), await freePort()];
      await run('python3', '-uc', answers(served));
      const config = join(folder, 'haproxy.cfg');
      writeFileSync(
        config,
        `global
 nbthread 1
defaults
 mode tcp
 timeout connect 1s
 timeout client 10s
 timeout server 10s
frontend f
 bind 127.0.0.1:${port}
 default_backend b
backend b
 option tcp-check
 tcp-check connect
 tcp-check expect string ok
 server s1 127.0.0.1:${served} check inter 400ms
`,
      );
      const found = await wakesOf(await run('haproxy', '-db', '-V', '-f', config), 12);
      const timer = found.find(({ wokenBy }) => wokenBy === 'timer');
      expect(timer).toMatchObject({ thread: 'haproxy', call: 'epoll_wait', timeoutIs: 'asked' });
      const packet = found.find(({ wokenBy, call }) => wokenBy === 'packet' && call !== null);
      expect(packet).toMatchObject({ thread: 'haproxy', call: 'epoll_wait', timeoutMs: null });
      // Over loopback the sender runs when its packet comes, unless a busy kernel leaves it to a thread of its own.
      expect(['python3', null]).toContain(packet?.waker);
    },
  );

  it.skipIf(!hasProgram('python3'))(
    'python3: a measured sleep, a thread woken by another, a signal',
    async () => {
      const pid = await run(
        'python3',
        '-uc',
        `
import signal, threading, time
signal.signal(signal.SIGUSR1, lambda *_: None)
go = threading.Event()
def work():
    while True:
        go.wait()
        go.clear()
threading.Thread(target=work, daemon=True).start()
print('ready')
while True:
    time.sleep(0.25)
    go.set()
`,
      );
      const found = await wakesOf(pid, 30, () => process.kill(pid, 'SIGUSR1'));
      const worker = threadsOf(pid).find((tid) => tid !== pid);
      expect(found.find(({ tid, wokenBy }) => tid === worker && wokenBy === 'thread')).toMatchObject({
        call: 'futex',
        waker: 'python3',
      });
      expect(found.find(({ tid, wokenBy }) => tid === pid && wokenBy === 'signal')).toMatchObject({
        call: 'clock_nanosleep',
      });
    },
  );

  it.skipIf(!hasProgram('python3'))(
    'python3: select with a timeout behind a pointer is measured',
    async () => {
      const pid = await run(
        'python3',
        '-uc',
        `
import select
print('ready')
while True:
    select.select([], [], [], 0.2)
`,
      );
      const [top] = await wakesOf(pid, 8);
      expect(top).toMatchObject({ timeoutIs: 'measured', wokenBy: 'timer', waker: null });
      expect(['select', 'pselect6']).toContain(top?.call);
      expect(top?.timeoutMs).toBeGreaterThanOrEqual(199);
    },
  );
});
