import { afterEach, describe, expect, it } from 'vitest';
import type { Flow } from '../../src/collectors/linux/trace/flow.ts';
import { Flows } from '../../src/collectors/linux/trace/flows.ts';
import type { TraceEventName } from '../../src/core/parse/trace-records.ts';
import { type Driver, startDriver } from '../support/driver.ts';
import { freePort, hasProgram } from '../support/programs.ts';
import { hasTrace, Tracing } from '../support/tracing.ts';

const EVENTS: readonly TraceEventName[] = [
  'sock/inet_sock_set_state',
  'sock/sock_send_length',
  'sock/sock_recv_length',
  'tcp/tcp_rcv_space_adjust',
  'fib/fib_table_lookup',
  'fib6/fib6_table_lookup',
  'sched/sched_process_exit',
];
/** A network of its own with nothing but loopback. */
const ALONE: readonly string[] = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];

const drivers: Driver[] = [];
const tracings: Tracing[] = [];

afterEach(async () => {
  for (const tracing of tracings.splice(0)) tracing.close();
  await Promise.all(drivers.splice(0).map((driver) => driver.stop()));
});

async function drive(...prefix: string[]): Promise<Driver> {
  const driver = await startDriver(...prefix);
  drivers.push(driver);
  return driver;
}

/** Several lines of Python as one statement. */
function script(...lines: string[]): string {
  return `exec(${JSON.stringify(lines.join('\n'))})`;
}

/** Starts a server of somebody else, which answers `ok` to what it is sent, one connection after the other. */
async function startServer(): Promise<number> {
  const server = await drive();
  const port = await freePort();
  await server.run(
    script(
      'import threading',
      `l = socket.socket(); l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1); l.bind(('127.0.0.1', ${port})); l.listen(99)`,
      'def serve():',
      '  while True:',
      '    c, _ = l.accept()',
      '    while c.recv(99): c.send(b"ok")',
      '    c.close()',
      'threading.Thread(target=serve, daemon=True).start()',
    ),
  );
  return port;
}

/** What the records of a process and its children come to while it does something. */
async function flowsWhile(driver: Driver, statement: string, listening: number[] = []): Promise<Flow[]> {
  const tracing = new Tracing([driver.pid], { bufferKb: 2048, events: EVENTS });
  tracings.push(tracing);
  await driver.run(statement);
  const flows = new Flows({
    isFollowed: () => true,
    isSameProcess: () => true,
    targetOf: () => 'app',
    networkOf: () => null,
    isListening: ({ port }) => listening.includes(port),
  });
  for (const record of tracing.records()) flows.record(record);
  expect(tracing.missed).toBe(0);
  expect(flows.forgotten).toBe(0);
  return flows.take(Number.MAX_SAFE_INTEGER, true);
}

/** Remote ports of datagrams, from here upwards: nobody listens there. */
const UDP_PORT = 41_000;
const BEATS = 50;

describe.skipIf(!hasTrace() || !hasProgram('python3'))('network flows of a real process', () => {
  it('finds every connection that lives for a moment, from threads and children', async () => {
    const port = await startServer();
    const app = await drive();
    const flows = await flowsWhile(
      app,
      script(
        'import threading, os, time, random',
        'def beat(n):',
        `  c = socket.create_connection(('127.0.0.1', ${port})); time.sleep(random.uniform(0.0003, 0.005) if n % 2 else 0)`,
        '  c.send(b"x" * (n + 1)); c.recv(9); c.close()',
        'def some(start):',
        `  for n in range(start, ${BEATS}, 4): beat(n)`,
        'kids = []',
        'for k in (2, 3):',
        '  pid = os.fork()',
        '  if pid == 0:',
        '    some(k); os._exit(0)',
        '  kids.append(pid)',
        'ts = [threading.Thread(target=some, args=(k,)) for k in range(2)]',
        'for t in ts: t.start()',
        'for t in ts: t.join()',
        'for kid in kids: os.waitpid(kid, 0)',
      ),
    );
    expect(flows.map(({ op }) => op)).toEqual(Array.from({ length: BEATS }, () => 'connect'));
    expect(flows.map(({ bytesSent }) => bytesSent).sort((one, other) => one - other)).toEqual(
      Array.from({ length: BEATS }, (_, beat) => beat + 1),
    );
    for (const flow of flows) {
      expect(flow).toMatchObject({
        protocol: 'tcp',
        direction: 'outbound',
        remote: { ip: '127.0.0.1', port },
      });
      expect(flow.bytesReceived).toBe(2);
      expect(flow.local?.port).toBeGreaterThan(0);
      expect(flow.endNs).toBeGreaterThan(flow.atNs);
    }
    expect(new Set(flows.map(({ tid }) => tid)).size).toBe(4);
    expect(flows.some(({ tid }) => tid === app.pid)).toBe(false);
  });

  it('finds every refused connection, blocking or not', async () => {
    const app = await drive();
    const port = await freePort();
    const flows = await flowsWhile(
      app,
      script(
        `for n in range(${BEATS}):`,
        '  c = socket.socket(); c.setblocking(n % 2 == 0)',
        `  try: c.connect(('127.0.0.1', ${port}))`,
        '  except OSError: pass',
        '  c.close()',
      ),
    );
    expect(flows).toHaveLength(BEATS);
    for (const flow of flows) {
      expect(flow).toMatchObject({ op: 'attempt', direction: 'outbound', protocol: 'tcp', remote: { port } });
    }
  });

  it('finds every attempt that no route leads to', async () => {
    const app = await drive(...ALONE);
    const flows = await flowsWhile(
      app,
      script(
        `for n in range(${BEATS}):`,
        '  for family, ip in ((socket.AF_INET, "203.0.113.7"), (socket.AF_INET6, "2001:db8::7")):',
        '    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):',
        '      s = socket.socket(family, kind)',
        '      try: s.connect((ip, 1000 + n)) if kind == socket.SOCK_STREAM else s.sendto(b"x", (ip, 1000 + n))',
        '      except OSError: pass',
        '      s.close()',
      ),
    );
    const told = flows.map(({ op, protocol, remote }) => `${op} ${protocol} ${remote?.ip} ${remote?.port}`);
    const done = Array.from({ length: BEATS }, (_, n) => n + 1000).flatMap((port) =>
      ['tcp 203.0.113.7', 'udp 203.0.113.7', 'tcp 2001:db8::7', 'udp 2001:db8::7'].map(
        (what) => `attempt ${what} ${port}`,
      ),
    );
    expect(told).toEqual(done);
  });

  it('tells a datagram to a multicast group once, where no route leads there', async () => {
    const app = await drive(...ALONE);
    const flows = await flowsWhile(
      app,
      script(
        's = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)',
        's.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))',
        's.sendto(b"x", ("239.255.255.250", 1900))',
      ),
    );
    expect(flows.map(({ op, remote, bytesSent }) => ({ op, remote, bytesSent }))).toEqual([
      { op: 'send', remote: { ip: '239.255.255.250', port: 1900 }, bytesSent: 1 },
    ]);
  });

  it.each([
    ['127.0.0.1', 'AF_INET'],
    ['::1', 'AF_INET6'],
  ])('finds every datagram to %s, connected or not', async (ip, family) => {
    const app = await drive(...ALONE);
    const flows = await flowsWhile(
      app,
      script(
        `for n in range(${BEATS}):`,
        `  s = socket.socket(socket.${family}, socket.SOCK_DGRAM)`,
        `  to = ('${ip}', ${UDP_PORT} + n)`,
        '  if n % 2:',
        '    s.connect(to); s.send(b"x" * n)',
        '  else:',
        '    s.sendto(b"x" * n, to)',
        '  s.close()',
      ),
    );
    expect(flows.map(({ op, direction, protocol }) => `${op} ${direction} ${protocol}`)).toEqual(
      Array.from({ length: BEATS }, () => 'send outbound udp'),
    );
    expect(flows.map(({ remote, bytesSent }) => [remote?.ip, remote?.port, bytesSent])).toEqual(
      Array.from({ length: BEATS }, (_, n) => [ip, UDP_PORT + n, n]),
    );
  });

  it('finds what others open, and does not call it the target’s doing', async () => {
    const [server, client] = await Promise.all([drive(), drive()]);
    const port = await freePort();
    await server.run(`l = socket.socket(); l.bind(('127.0.0.1', ${port})); l.listen(99)`);
    await client.run(
      script(
        'import threading',
        'def visit():',
        `  for n in range(${BEATS}):`,
        `    c = socket.create_connection(('127.0.0.1', ${port})); c.send(b'x' * (n + 1)); c.recv(9); c.close()`,
        'threading.Timer(0.2, visit).start()',
      ),
    );
    const flows = await flowsWhile(
      server,
      script(
        `for n in range(${BEATS}):`,
        '  c, _ = l.accept(); c.recv(99); c.send(b"ok"); c.recv(9); c.close()',
      ),
      [port],
    );
    expect(flows.map(({ op, direction }) => `${op} ${direction}`)).toEqual(
      Array.from({ length: BEATS }, () => 'accept inbound'),
    );
    expect(flows.map(({ bytesReceived, bytesSent }) => [bytesReceived, bytesSent])).toEqual(
      Array.from({ length: BEATS }, (_, n) => [n + 1, 2]),
    );
    for (const { local, remote, tid } of flows) {
      expect(local).toEqual({ ip: '127.0.0.1', port });
      expect(remote?.port).toBeGreaterThan(0);
      expect(tid).toBe(server.pid);
    }
  });

  it('finds what a server sends to others than it answers', async () => {
    const [server, client] = await Promise.all([drive(), drive()]);
    const udp = 'socket.socket(socket.AF_INET, socket.SOCK_DGRAM)';
    const port = await freePort();
    await server.run(`s = ${udp}; s.bind(('127.0.0.1', ${port}))`);
    await client.run(`c = ${udp}; c.bind(('127.0.0.1', 0)); c.sendto(b'ask', ('127.0.0.1', ${port}))`);
    const flows = await flowsWhile(
      server,
      script(
        'data, asked = s.recvfrom(9)',
        's.sendto(b"an", asked); s.sendto(b"swer", asked)',
        `s.sendto(b'hello', ('127.0.0.1', ${UDP_PORT}))`,
      ),
    );
    expect(flows.map(({ op, direction, bytesSent }) => `${op} ${direction} ${bytesSent}`)).toEqual([
      'receive inbound 0',
      'send inbound 6',
      'send outbound 5',
    ]);
    expect(flows.at(-1)?.remote).toEqual({ ip: '127.0.0.1', port: UDP_PORT });
  });

  it('sees no network in local sockets', async () => {
    const app = await drive();
    expect(await flowsWhile(app, script('a, b = socket.socketpair()', 'a.send(b"x"); b.recv(9)'))).toEqual(
      [],
    );
  });
});
