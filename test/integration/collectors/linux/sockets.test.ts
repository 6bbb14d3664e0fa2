import { readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { LookReader } from '../../../../src/collectors/linux/look-reader.ts';
import { SocketsCollector } from '../../../../src/collectors/linux/sockets.ts';
import type { NetworkActivity } from '../../../../src/model/activity.ts';
import type { Observations } from '../../../../src/model/collector.ts';
import { Procfs } from '../../../../src/os/procfs.ts';
import { Leaderless } from '../../../support/leaderless.ts';
import { type Driver, startDriver } from '../../../support/driver.ts';
import { freePort, hasProgram, isRoot } from '../../../support/programs.ts';
import { briefly, Watching, watched } from '../../../support/watching.ts';

const drivers: Driver[] = [];
const drive = async (...prefix: string[]): Promise<Driver> => {
  const driver = await startDriver(...prefix);
  drivers.push(driver);
  return driver;
};
afterEach(async () => {
  await Promise.all(drivers.splice(0).map((driver) => driver.stop()));
});

const network = ({ activities = [] }: Observations): NetworkActivity[] =>
  activities.filter((one): one is NetworkActivity => one.kind === 'network');
/** Without port numbers, sorted: «connect outbound tcp 127.0.0.1». */
const kinds = (observed: Observations): string[] =>
  briefly(observed.activities)
    .map((text) => text.replace(/:\d+$/, ''))
    .sort();
const totals = ({ counters = [] }: Observations) =>
  counters.find(({ scope }) => scope === 'sockets:app')?.values;

describe.skipIf(!hasProgram('python3'))('sockets of a real process', () => {
  it('says when a process went to another network namespace: the counters of its old one are not its own', async () => {
    const app = await drive();
    const watching = new Watching([watched(app.pid, { networkScope: 'network:1' })]);
    expect(
      watching
        .look()
        .failures?.map(({ reason }) => reason)
        .join(),
    ).toContain('went to another network namespace');
  });

  it('tells both ends of a TCP connection, what goes over it, and its end', async () => {
    const app = await drive();
    await app.run('l = listen()');
    const watching = new Watching([watched(app.pid)]);
    expect(kinds(watching.look())).toEqual([]);
    await app.run('c, s = connect(l)');
    const opened = watching.look();
    expect(kinds(opened)).toEqual(['accept inbound tcp 127.0.0.1', 'connect outbound tcp 127.0.0.1']);
    expect(network(opened).map(({ remote }) => [remote?.process, remote?.target])).toEqual([
      ['python3', 'app'],
      ['python3', 'app'],
    ]);
    await app.run('c.send(b"hello"); s.recv(5)');
    expect(network(watching.look())).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ op: 'send', direction: 'outbound', bytesSent: 5 }),
        expect.objectContaining({ op: 'receive', direction: 'inbound', bytesReceived: 5 }),
      ]),
    );
    await app.run('pass');
    expect(kinds(watching.look())).toEqual([]);
    await app.run('s.shutdown(socket.SHUT_WR)');
    expect(kinds(watching.look())).toEqual([]);
    // A busy kernel takes the packets to a thread of its own: TCP_INFO of tcp(7) begins with the state, and 7 is TCP_CLOSE.
    await app.run('exec("c.close()\\nwhile s.getsockopt(6, 11, 1)[0] != 7: time.sleep(.001)")');
    // The other end is still held, but with both directions closed it has left the tables.
    expect(totals(watching.look())).toEqual({
      connects: 1,
      accepts: 1,
      closed: 2,
      listening: 1,
      sendsUnseen: 0,
    });
    watching.stop();
  });

  it('names a peer by its program where it calls itself as Node calls its first thread', async () => {
    const [app, peer] = await Promise.all([drive(), drive()]);
    const port = await freePort();
    await peer.run(
      `l = socket.create_server(("127.0.0.1", ${port})); libc.prctl(15, b"MainThread", 0, 0, 0)`,
    );
    expect(readFileSync(`/proc/${peer.pid}/comm`, 'utf8')).toBe('MainThread\n');
    const watching = new Watching([watched(app.pid)]);
    watching.look();
    await app.run(`c = socket.create_connection(("127.0.0.1", ${port}))`);
    expect(network(watching.look()).map(({ remote }) => remote?.process)).toEqual([
      basename(readlinkSync(`/proc/${peer.pid}/exe`)),
    ]);
    watching.stop();
  });

  it('tells IPv6, IPv4 in IPv6, and UDP', async () => {
    const app = await drive();
    const watching = new Watching([watched(app.pid)]);
    watching.look();
    await app.run('six = listen(socket.AF_INET6, "::1"); c6, s6 = connect(six)');
    expect(kinds(watching.look())).toEqual([
      'accept inbound tcp ::1',
      'connect outbound tcp ::1',
      'listen inbound tcp ',
    ]);
    await app.run(
      'both = listen(socket.AF_INET6, "::"); c4 = socket.create_connection(("127.0.0.1", both.getsockname()[1])); s4 = both.accept()[0]',
    );
    expect(kinds(watching.look())).toEqual([
      'accept inbound tcp 127.0.0.1',
      'connect outbound tcp 127.0.0.1',
      'listen inbound tcp ',
    ]);
    await app.run('u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); u.connect(("127.0.0.1", 9))');
    await app.run('w = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); w.connect(("::1", 9))');
    expect(briefly(watching.look().activities).sort()).toEqual([
      'connect outbound udp 127.0.0.1:9',
      'connect outbound udp ::1:9',
    ]);
    watching.stop();
  });

  it('is not blinded by sockets that go nowhere, and sees what waits for a peer that does not read', async () => {
    const app = await drive();
    await app.run('l = listen(); c, s = connect(l); a, b = socket.socketpair(); idle = socket.socket()');
    await app.run('spare = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); c.setblocking(False)');
    const watching = new Watching([watched(app.pid)]);
    const first = watching.look();
    expect(first.failures).toEqual([]);
    for (let round = 0; round < 3; round += 1) {
      await app.run('exec("while True:\\n try: c.send(bytes(1 << 20))\\n except BlockingIOError: break")');
      watching.look();
      await app.run('s.recv(1)');
    }
    await app.run('c.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 24)');
    watching.look();
    await app.run('exec("try: c.send(b\'x\')\\nexcept BlockingIOError: pass")');
    expect(network(watching.look()).filter(({ op }) => op === 'send')).toMatchObject([{ bytesSent: 1 }]);
    watching.stop();
  });

  it('names what a forked worker shares only once', async () => {
    const app = await drive();
    await app.run('l = listen(); c, s = connect(l)');
    const parent = watched(app.pid);
    const watching = new Watching([parent]);
    watching.look();
    await app.run('child = os.fork() or (signal.pause(), os._exit(0))');
    const pid = Number(new Procfs().read(`${app.pid}/task/${app.pid}/children`));
    const worker = watched(pid, { parentId: parent.id });
    expect(kinds(watching.look({ started: [worker] }))).toEqual([]);
    await app.run('c.close(); s.close()');
    expect(totals(watching.look())).toMatchObject({ closed: 0 });
    await app.run('os.kill(child, 9); os.waitpid(child, 0)');
    expect(totals(watching.look())).toMatchObject({ closed: 2 });
    watching.stop();
  });

  it('says that it cannot see a connection that lies in a Unix socket until the process takes it out', async () => {
    const app = await drive();
    await app.run('l = listen(); c, s = connect(l); a, b = socket.socketpair()');
    const watching = new Watching([watched(app.pid)]);
    expect(watching.look().failures).toEqual([]);
    await app.run('socket.send_fds(a, [b"x"], [c.fileno()]); c.close()');
    const [failure] = watching.look().failures ?? [];
    expect(failure?.reason).toContain('holds descriptors in a Unix socket, whose traffic cannot be seen');
    watching.stop();
  });

  it('says since when another process may have sent on a connection of one that sleeps', async () => {
    const [app, other] = [await drive(), await drive()];
    const name = `'\\0idleproof-test-${app.pid}'`;
    await other.run(`u = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); u.bind(${name})`);
    await app.run(`l = listen(); c, s = connect(l); u = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)`);
    await app.run(`u.connect(${name}); socket.send_fds(u, [b'x'], [c.fileno()])`);
    await other.run(`h = socket.socket(fileno=socket.recv_fds(u, 1, 1)[1][0])`);
    const watching = new Watching([watched(app.pid)]);
    const sentAt = (seen: Observations) => network(seen).filter(({ op }) => op === 'send');
    watching.look();
    const firstMs = watching.nowMs;
    for (let quiet = 0; quiet < 3; quiet += 1) expect(network(watching.look())).toEqual([]);
    await other.run(`h.send(b'x')`);
    expect(sentAt(watching.look({ full: true }))).toMatchObject([{ bytesSent: 1, sinceMs: firstMs }]);
    await app.run(`c.send(b'yz')`);
    const [own] = sentAt(watching.look());
    expect(own).toMatchObject({ bytesSent: 2 });
    expect(own).not.toHaveProperty('sinceMs');
    watching.stop();
  });

  it('costs nothing and tells nothing while the process does not run', async () => {
    const app = await drive();
    await app.run('l = listen(); c, s = connect(l)');
    const watching = new Watching([watched(app.pid)]);
    watching.look();
    const { look, of } = watching.look();
    expect(look.moved.size).toBe(0);
    expect([...of.values()].every((seen) => Object.keys(seen).length === 0)).toBe(true);
    watching.stop();
  });

  it('counts in the namespace what is too short to be seen', async () => {
    const app = await drive();
    await app.run('l = listen()');
    const process = watched(app.pid);
    const watching = new Watching([process]);
    const counted = (seen: Observations) =>
      seen.counters?.find(({ scope }) => scope === process.networkScope)?.values;
    const before = counted(watching.look());
    await app.run('c, s = connect(l); c.close(); s.close()');
    await app.run(
      'u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); u.sendto(b"x", ("::1", 9)); u.close()',
    );
    const seen = watching.look();
    expect(kinds(seen)).toEqual([]);
    const after = counted(seen);
    const grew = (name: string): number => (after?.[name] ?? 0) - (before?.[name] ?? 0);
    expect(grew('tcpActiveOpens')).toBeGreaterThanOrEqual(1);
    expect(grew('udp6OutDatagrams')).toBeGreaterThanOrEqual(1);
    watching.stop();
  });

  it('sees those of one whose first thread has ended, and takes no other thread for one apart', async () => {
    const app = new Leaderless([]);
    try {
      const watching = new Watching([watched(app.pid)]);
      const seen = watching.look();
      expect(seen.of.get('sockets')).not.toHaveProperty('failures');
      expect(watching.stop()['sockets']).toMatchObject({ status: 'ok' });
    } finally {
      await app.stop();
    }
  });

  it('sees the same without koffi, but not what is sent', async () => {
    const app = await drive();
    await app.run('l = listen(); a, b = socket.socketpair()');
    const process = watched(app.pid);
    const reader = new LookReader(new Procfs());
    const sockets = new SocketsCollector(reader, {
      openNetlink: () => null,
      protocolName: null,
      sharesFiles: () => null,
    });
    const look = (previousMs: number | null) =>
      sockets.sample({
        nowMs: (previousMs ?? 0) + 1000,
        previousMs,
        full: true,
        processes: [process],
        moved: new Set([process.id]),
        started: [],
        ended: [],
      });
    expect(look(null)).not.toHaveProperty('failures');
    await app.run('c, s = connect(l)');
    const opened = look(1000);
    expect(kinds(opened)).toEqual(['accept inbound tcp 127.0.0.1', 'connect outbound tcp 127.0.0.1']);
    expect(totals(opened)).toMatchObject({ sendsUnseen: 1 });
    expect(sockets.stop().reason).toContain('inet_diag');
  });
});

describe.skipIf(!isRoot('raw sockets and namespaces'))('sockets of a real process, as root', () => {
  it('says that it cannot see into raw and packet sockets', async () => {
    const app = await drive();
    const watching = new Watching([watched(app.pid)]);
    watching.look();
    await app.run('r = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)');
    expect(watching.look().failures).toMatchObject([
      { target: 'app', reason: expect.stringContaining('kind RAW') },
    ]);
    expect(watching.stop()['sockets']).toMatchObject({ status: 'partial' });
  });

  it.skipIf(!isRoot('a thread that leaves its process'))(
    'says that it cannot see what a thread keeps for itself',
    async () => {
      for (const [flag, what] of [
        [0x400, 'open files of its own'],
        [0x40000000, 'in another network namespace'],
      ] as const) {
        const app = await drive();
        const watching = new Watching([watched(app.pid)]);
        expect(watching.look().failures ?? []).toEqual([]);
        await app.run(
          `left = threading.Event(); threading.Thread(target=lambda: (libc.unshare(${flag}), left.set(), signal.pause()), daemon=True).start(); left.wait()`,
        );
        expect(watching.look().failures).toEqual([{ target: 'app', reason: expect.stringContaining(what) }]);
        watching.stop();
      }
    },
  );

  it('looks into another network namespace, and counts there', async () => {
    const app = await drive('unshare', '--net');
    await app.run('subprocess.run(["ip", "link", "set", "lo", "up"], check=True); l = listen()');
    const process = watched(app.pid);
    const watching = new Watching([process]);
    const first = watching.look();
    expect(process.networkScope).not.toBe(watched(globalThis.process.pid).networkScope);
    await app.run('c, s = connect(l)');
    const seen = watching.look();
    expect(kinds(seen)).toEqual(['accept inbound tcp 127.0.0.1', 'connect outbound tcp 127.0.0.1']);
    const opens = (one: Observations) =>
      one.counters?.find(({ scope }) => scope === process.networkScope)?.values['tcpActiveOpens'];
    expect(opens(seen)).toBe((opens(first) ?? Number.NaN) + 1);
    expect(totals(seen)).toMatchObject({ sendsUnseen: 1 });
    watching.stop();
  });

  it('fails, and does not pass over, files that it may not look into', async () => {
    const app = await drive();
    const process = watched(app.pid);
    globalThis.process.seteuid?.('nobody');
    try {
      const watching = new Watching([process]);
      const { failures, of } = watching.look();
      expect(failures?.map(({ reason }) => reason)).toEqual(
        expect.arrayContaining([`no permission to read the open files of python3 (pid ${app.pid})`]),
      );
      const metrics = Object.assign({}, ...[...of.values()].map((seen) => seen.metrics?.get(process.id)));
      expect(metrics).toMatchObject({
        cpuNs: expect.any(Number),
        rssBytes: expect.any(Number),
        wakeups: expect.any(Number),
      });
      for (const denied of ['pssBytes', 'readBytes', 'writtenBytes'])
        expect(metrics).not.toHaveProperty(denied);
      const reports = watching.stop();
      expect(['memory', 'io', 'sockets'].map((name) => reports[name]?.status)).toEqual([
        'partial',
        'partial',
        'partial',
      ]);
      expect(reports['cpu']).toMatchObject({ status: 'ok', tier: 'counter' });
    } finally {
      globalThis.process.seteuid?.(0);
    }
  });
});

describe.skipIf(!hasProgram('python3') || !isRoot('an AF_XDP socket'))(
  'a socket of a kind that sends without a call (AF_XDP)',
  () => {
    it('is in doubt by looks and by the trace alike, for as long as it was ever held', async () => {
      const app = await drive();
      const watching = new Watching([watched(app.pid)]);
      watching.look();
      await app.run('xdp = socket.socket(44, socket.SOCK_RAW)');
      expect(watching.look().failures).toMatchObject([
        { reason: expect.stringContaining('holds a socket of kind XDP, whose traffic cannot be seen') },
      ]);
      const reports = watching.stop();
      for (const name of ['sockets', 'trace'])
        expect(reports[name]).toMatchObject({
          status: 'partial',
          reason: expect.stringContaining('of kind XDP'),
        });
    });
  },
);
