import { existsSync, writeFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Driver, startDriver } from '../../support/driver.ts';
import { recordsOf } from '../../support/kernel-records.ts';
import { freePort, hasProgram } from '../../support/programs.ts';
import { hasTrace, Tracing } from '../../support/tracing.ts';

const drivers: Driver[] = [];
const tracings: Tracing[] = [];

async function drive(...prefix: string[]): Promise<Driver> {
  const driver = await startDriver(...prefix);
  drivers.push(driver);
  return driver;
}

function trace(...args: ConstructorParameters<typeof Tracing>): Tracing {
  const tracing = new Tracing(...args);
  tracings.push(tracing);
  return tracing;
}

afterEach(async () => {
  for (const { instance } of tracings.splice(0)) {
    instance.close();
    expect(existsSync(instance.folder)).toBe(false);
  }
  await Promise.all(drivers.splice(0).map((driver) => driver.stop()));
});

/** CLOCK_BOOTTIME to 10 ms, see proc_uptime(5). */
const bootNs = (): number => uptime() * 1e9;
const UPTIME_STEP_NS = 10e6;
const SYN_SENT = 2;
const FIN_WAIT1 = 4;
const AF_INET = 2;
const AF_INET6 = 10;

describe.skipIf(!hasTrace() || !hasProgram('python3'))('the trace of a process', () => {
  it('knows what it lost of CPUs that it reads, and of no others', async () => {
    const app = await drive();
    const { instance } = trace([app.pid]);
    expect(instance.stats()).toMatchObject({ overrun: 0, dropped: 0 });
    expect(instance.stats([0])).toMatchObject({ overrun: 0, dropped: 0 });
    expect(() => instance.stats([])).toThrowError('no ring buffer of these CPUs is open');
    instance.close();
    expect(() => instance.stats()).toThrowError('no ring buffer of these CPUs is open');
  });

  it('holds a TCP connection that lived for a moment, with addresses, bytes and who did it', async () => {
    const app = await drive();
    const port = await freePort();
    await app.run(`l = socket.socket(); l.bind(('127.0.0.1', ${port})); l.listen()`);
    const tracing = trace([app.pid]);
    const fromNs = bootNs();
    await app.run('c = socket.create_connection(l.getsockname()); a, _ = l.accept()');
    await app.run("c.send(b'hello'); a.recv(99); c.close(); a.close()");
    const records = tracing.records();
    const toNs = bootNs();
    const opened = recordsOf(records, 'socket-state').find(({ newState }) => newState === SYN_SENT);
    expect(opened).toMatchObject({
      tid: app.pid,
      context: 'task',
      protocol: 6,
      oldState: 7,
      local: { ip: '127.0.0.1', port: 0 },
      remote: { ip: '127.0.0.1', port },
    });
    // What the peer's packets change can be in a context that is not followed; opening and closing are its own.
    const life = recordsOf(records, 'socket-state').filter(({ socket }) => socket === opened?.socket);
    expect(life[0]).toBe(opened);
    const closed = life.find(({ newState }) => newState === FIN_WAIT1);
    expect(closed).toMatchObject({ context: 'task', tid: app.pid, remote: { port } });
    expect(closed?.local.port).toBeGreaterThan(0);
    const sent = recordsOf(records, 'send').filter(({ family }) => family === AF_INET);
    expect(sent).toMatchObject([{ socket: opened?.socket, result: 5, protocol: 6, tid: app.pid }]);
    const received = recordsOf(records, 'receive').filter(({ family }) => family === AF_INET);
    expect(received).toMatchObject([{ result: 5, protocol: 6 }]);
    // The accepted end: its addresses are told where it reads.
    expect(recordsOf(records, 'socket-address')).toMatchObject([
      { socket: received[0]?.socket, local: { port }, remote: closed?.local },
    ]);
    expect(recordsOf(records, 'route')).toContainEqual(
      expect.objectContaining({ protocol: 6, remote: { ip: '127.0.0.1', port }, context: 'task', error: 0 }),
    );
    for (const { atNs } of records) {
      expect(atNs).toBeGreaterThanOrEqual(fromNs - UPTIME_STEP_NS);
      expect(atNs).toBeLessThanOrEqual(toNs + UPTIME_STEP_NS);
    }
    expect(tracing.missed).toBe(0);
    expect(tracing.decoder.damaged).toBe(0);
    expect(tracing.instance.stats()).toMatchObject({ overrun: 0, dropped: 0, entries: 0 });
    expect(tracing.instance.stats().read).toBeGreaterThanOrEqual(records.length);
  });

  it('holds datagrams with the address that they were sent to, over IPv4 and IPv6', async () => {
    const app = await drive();
    const tracing = trace([app.pid]);
    await app.run("u = socket.socket(type=socket.SOCK_DGRAM); u.sendto(b'x' * 7, ('127.0.0.1', 40103))");
    await app.run('u6 = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)');
    await app.run("u6.sendto(b'x' * 9, ('::1', 40104))");
    await app.run("u6.sendto(b'x' * 11, ('::ffff:127.0.0.1', 40105))");
    const records = tracing.records();
    const remotes = recordsOf(records, 'route')
      .filter(({ context, protocol }) => context === 'task' && protocol === 17)
      .map(({ remote, error }) => ({ ...remote, error }));
    expect(remotes).toEqual([
      { ip: '127.0.0.1', port: 40103, error: 0 },
      { ip: '::1', port: 40104, error: 0 },
      { ip: '127.0.0.1', port: 40105, error: 0 },
    ]);
    const sent = recordsOf(records, 'send').filter(({ protocol }) => protocol === 17);
    expect(sent.map(({ family, result, tid }) => [family, result, tid])).toEqual([
      [AF_INET, 7, app.pid],
      [AF_INET6, 9, app.pid],
      [AF_INET6, 11, app.pid],
    ]);
  });

  it('holds attempts that were refused, and those for which there is no way', async () => {
    // With a loopback and nothing else, nothing leads anywhere. (Before it is up, IPv4 has no table that could be asked.)
    const app = await drive('unshare', '--net');
    await app.run("subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)");
    const tracing = trace([app.pid]);
    await app.run("e = socket.socket().connect_ex(('203.0.113.7', 443))");
    await app.run("e6 = socket.socket(socket.AF_INET6).connect_ex(('2001:db8::7', 443))");
    await app.run("r = socket.socket().connect_ex(('127.0.0.1', 1))");
    const records = tracing.records();
    const failed = recordsOf(records, 'route').filter(({ error, protocol }) => error !== 0 && protocol === 6);
    expect(failed.map(({ remote }) => `${remote.ip} ${remote.port}`)).toEqual(
      expect.arrayContaining(['203.0.113.7 443', '2001:db8::7 443']),
    );
    const refused = recordsOf(records, 'socket-state').find(({ remote }) => remote.port === 1);
    expect(refused).toMatchObject({ newState: SYN_SENT, context: 'task', tid: app.pid, local: { port: 0 } });
    expect(recordsOf(records, 'socket-state').map(({ remote }) => remote.ip)).not.toContain('203.0.113.7');
  });

  it('holds children, threads and programs, however short and deep', async () => {
    const app = await drive();
    const tracing = trace([app.pid]);
    await app.run("subprocess.run(['sh', '-c', 'sh -c \"/bin/true; exit 3\"; exit 0'])");
    await app.run('t = threading.Thread(target=lambda: socket.socket()); t.start(); t.join(); del t');
    const records = tracing.records();
    // A thread is joined before the kernel is done with it.
    for (let attempt = 0; recordsOf(records, 'exit').length < 4 && attempt < 6_000; attempt += 1) {
      await sleep(10);
      records.push(...tracing.records());
    }
    const programs = recordsOf(records, 'exec').map(({ filename }) => filename.replace(/.*\//, ''));
    expect(programs).toEqual(['sh', 'sh', 'true']);
    const born = recordsOf(records, 'new-task');
    expect(born.filter(({ isThread }) => !isThread)).toHaveLength(3);
    expect(born.filter(({ isThread, tid }) => isThread && tid === app.pid)).toHaveLength(1);
    expect(recordsOf(records, 'exit').map(({ tid }) => tid)).toEqual(
      expect.arrayContaining(born.map(({ newTid }) => newTid)),
    );
  });

  it('does not hold children where it is not to follow them', async () => {
    const app = await drive();
    const tracing = trace([app.pid], { followForks: false });
    await app.run("subprocess.run(['/bin/true'])");
    const records = tracing.records();
    expect(recordsOf(records, 'new-task')).toHaveLength(1);
    expect(recordsOf(records, 'exec')).toEqual([]);
  });

  it('holds programs that start anywhere, where nobody is followed', async () => {
    const tracing = trace([], { events: ['sched/sched_process_exec'] });
    const app = await drive();
    expect(recordsOf(tracing.records(), 'exec').map(({ tid }) => tid)).toContain(app.pid);
    expect(tracing.decoder.unusable.map(({ event }) => event)).toContain('sched/sched_waking');
  });

  it('holds what a thread slept in, and whether a timer or another thread woke it', async () => {
    const app = await drive();
    const tracing = trace([app.pid]);
    await app.run('import select; select.epoll().poll(0.02)');
    const records = tracing.records();
    const asleep = records.findIndex((record) => record.event === 'sleep' && record.call === 'epoll_wait');
    expect(records[asleep]).toMatchObject({ tid: app.pid, timeoutMs: 20 });
    const wake = recordsOf(records.slice(asleep), 'waking').find(({ wokenTid }) => wokenTid === app.pid);
    expect(wake?.context).not.toBe('task');
    expect((wake?.atNs ?? 0) - (records[asleep]?.atNs ?? 0)).toBeGreaterThanOrEqual(20e6);
    // We ourselves woke it before, by writing into its pipe.
    const byUs = recordsOf(records, 'waking').find(
      ({ wokenTid, context }) => wokenTid === app.pid && context === 'task',
    );
    expect(byUs?.tid).not.toBe(app.pid);
  });

  it('counts what was overwritten before it was read', async () => {
    const app = await drive();
    const tracing = trace([app.pid], { bufferKb: 8, events: ['sock/sock_send_length'] });
    await app.run("a, b = socket.socketpair(); [(a.send(b'x'), b.recv(9)) for _ in range(5000)]");
    const { overrun } = tracing.instance.stats();
    expect(overrun).toBeGreaterThan(1000);
    const records = recordsOf(tracing.records(), 'send').filter(({ family }) => family === 1);
    expect(tracing.missed).toBe(overrun);
    expect(records.length).toBeLessThan(5000);
    expect(records.length + overrun).toBeGreaterThanOrEqual(5000);
  });

  it('loses nothing that is written while it is read', async () => {
    const app = await drive();
    // Room for all of it, should a busy host let us read late.
    const tracing = trace([app.pid], { bufferKb: 8_192 });
    await app.run('u = socket.socket(type=socket.SOCK_DGRAM)');
    let done = false;
    const sending = app
      .run("for n in range(3000): u.sendto(b'x' * (n % 1000), ('127.0.0.1', 40106)); time.sleep(0)")
      .finally(() => {
        done = true;
      });
    const sizes: number[] = [];
    for (let last = false; !last; ) {
      last = done;
      for (const { protocol, result } of recordsOf(tracing.records(), 'send')) {
        if (protocol === 17) sizes.push(result);
      }
      await sleep(1);
    }
    await sending;
    expect(sizes).toEqual(Array.from({ length: 3000 }, (_, index) => index % 1000));
    expect(tracing.missed).toBe(0);
  });

  it('adds threads to those that are followed, also such that are gone', async () => {
    const [one, two] = [await drive(), await drive()];
    const { instance } = trace([one.pid]);
    expect(instance.follow([])).toEqual([]);
    const refused = instance.follow([two.pid, 4_194_303, 2_147_483_647]);
    expect(refused).toMatchObject([{ tid: 2_147_483_647, reason: expect.stringContaining('EPERM') }]);
    expect(instance.followed()).toEqual([one.pid, two.pid, 4_194_303].sort((a, b) => a - b));
    await two.stop();
    expect(instance.follow([two.pid])).toEqual([]);
  });

  it.each([
    ['tracing_on', ['0', '1']],
    ['trace', ['']],
    ['buffer_size_kb', ['512']],
    ['events/enable', ['0']],
  ])('tells that somebody else wrote to %s, and of nothing that its owner does', async (file, texts) => {
    const { instance } = trace([process.pid]);
    instance.follow([1]);
    instance.enable('sock/inet_sock_set_state', false);
    instance.drain(() => {});
    await sleep(20);
    expect(instance.foreignWrite).toBeNull();
    for (const text of texts) writeFileSync(`${instance.folder}/${file}`, text);
    while (instance.foreignWrite === null) await sleep(5);
    expect(instance.foreignWrite).toBe(basename(file));
  });

  it('tells which event cannot be switched on', () => {
    const { instance } = trace([process.pid]);
    expect(() => instance.enable('sock/no_such_event', true)).toThrow(
      'the trace event sock/no_such_event: it is not there (ENOENT)',
    );
    expect([...instance.formats(['sock/no_such_event', 'sched/sched_waking']).keys()]).toEqual([
      'sched/sched_waking',
    ]);
  });
});
