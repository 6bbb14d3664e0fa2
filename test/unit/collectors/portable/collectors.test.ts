import { describe, expect, it } from 'vitest';
import type { ConnectionRow } from '../../../../src/core/parse/portable-connection.ts';
import { PortableCpuCollector } from '../../../../src/collectors/portable/cpu.ts';
import { PortableMemoryCollector } from '../../../../src/collectors/portable/memory.ts';
import { PortableProcessesCollector } from '../../../../src/collectors/portable/processes.ts';
import { PortableSocketsCollector } from '../../../../src/collectors/portable/sockets.ts';
import { someProcess } from '../../../support/proc-folder.ts';
import type { Activity } from '../../../../src/model/activity.ts';
import { Host, ownRow } from './scene.ts';

const NOW = 1_000_000;
const app = someProcess(7, { startedAtMs: NOW - 60_000 });
const usage = (cpuMs: number) => ({ cpuMs, rssBytes: 1_000, ageMs: 60_000 });
const connection = (over: Partial<ConnectionRow> = {}): ConnectionRow => ({
  ...ownRow,
  localPort: '40000',
  peerAddress: '192.0.2.1',
  peerPort: '443',
  state: 'ESTABLISHED',
  pid: 7,
  process: 'app',
  ...over,
});

const briefly = (activities: readonly Activity[]): string[] =>
  activities.flatMap((one) =>
    one.kind === 'network'
      ? [
          `${one.op} ${one.direction} ${one.remote === null ? '' : one.remote.ip}:${one.remote?.port ?? one.localPort}`,
        ]
      : [],
  );

describe('CPU time and memory', () => {
  it('tells what pidusage told, and nothing else', async () => {
    const host = new Host();
    host.usage.set(7, usage(1_230));
    const look = await host.look([app]);
    expect(new PortableCpuCollector(host.reader).sample(look)).toEqual({
      metrics: new Map([[7, { cpuNs: 1.23e9 }]]),
    });
    expect(new PortableMemoryCollector(host.reader).sample(look)).toEqual({
      metrics: new Map([[7, { rssBytes: 1_000 }]]),
    });
  });

  it('reports a failure, and no zero, where no memory is told', async () => {
    const host = new Host();
    host.usage.set(7, { ...usage(5), rssBytes: 0 });
    const look = await host.look([app]);
    expect(new PortableMemoryCollector(host.reader).sample(look)).toEqual({
      metrics: new Map(),
      failures: [{ target: 'app', reason: 'pidusage told no memory of app (pid 7)' }],
    });
  });

  it.each([
    ['is not told', new Map()],
    ['is of another process that was given the pid', new Map([[7, { ...usage(5), ageMs: 1_000 }]])],
    ['is no number', new Map([[7, usage(Number.NaN)]])],
  ])('reports a failure, and no zero, where it %s', async (_, told) => {
    const host = new Host();
    host.usage = new Map([...host.usage, ...told]);
    const cpu = new PortableCpuCollector(host.reader);
    expect(cpu.sample(await host.look([app]))).toEqual({
      metrics: new Map(),
      failures: [{ target: 'app', reason: 'pidusage told nothing of app (pid 7)' }],
    });
    expect(cpu.stop()).toMatchObject({ status: 'partial', tier: 'sampled' });
  });

  it('reports a failure where the total goes backwards', async () => {
    const host = new Host();
    const cpu = new PortableCpuCollector(host.reader);
    host.usage.set(7, usage(500));
    cpu.sample(await host.look([app]));
    host.usage.set(7, usage(400));
    expect(cpu.sample(await host.look([app])).failures).toHaveLength(1);
  });

  it('waits with a process that was found after the reading', async () => {
    const host = new Host();
    const young = someProcess(8, { startedAtMs: NOW });
    const look = await host.look([]);
    const cpu = new PortableCpuCollector(host.reader);
    expect(cpu.sample({ ...look, processes: [young] })).toEqual({ metrics: new Map() });
  });

  it('lets everything through as a gate', () => {
    const cpu = new PortableCpuCollector(new Host().reader);
    const processes = [app];
    expect(cpu.gate(processes)).toEqual({ moved: new Set([7]), gone: new Set() });
    expect(cpu.gate(processes).moved).toEqual(new Set([7]));
  });

  it('is unavailable where the first reading failed', async () => {
    const host = new Host({ usage: () => Promise.reject(new Error('no ps')) });
    await host.look([app]);
    const expected = { status: 'unavailable', reason: 'no ps' };
    expect(new PortableCpuCollector(host.reader).probe()).toMatchObject(expected);
    expect(new PortableMemoryCollector(host.reader).probe()).toMatchObject(expected);
  });
});

describe('processes', () => {
  it.each([
    ['stopped', 'linux', 'stopped'],
    ['unknown', 'linux', 'traced'],
    ['stopped', 'darwin', 'stopped'],
  ] as const)('state %s on %s is a disturbance: %s', async (state, platform, kind) => {
    const host = new Host();
    host.processes.push({ pid: 7, name: 'app', state });
    const collector = new PortableProcessesCollector(host.reader, platform, null);
    expect(collector.sample(await host.look([app])).disturbances).toMatchObject([{ target: 'app', kind }]);
  });

  it.each([
    [{ frozen: '/sys/fs/cgroup/app', throttled: null, hidden: null }, ['frozen']],
    [{ frozen: null, throttled: '/sys/fs/cgroup/app', hidden: null }, ['throttled']],
    [{ frozen: null, throttled: null, hidden: '/app' }, ['unobserved']],
    [{ frozen: null, throttled: null, hidden: null }, []],
    [null, []],
  ])('cgroups on Linux, which no list of processes tells of: %j', async (state, kinds) => {
    const host = new Host();
    host.processes.push({ pid: 7, name: 'app', state: 'sleeping' });
    const collector = new PortableProcessesCollector(host.reader, 'linux', { of: () => state });
    const { disturbances = [] } = collector.sample(await host.look([app]));
    expect(disturbances.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('nobody knows of cgroups that may not be read', async () => {
    const host = new Host();
    host.processes.push({ pid: 7, name: 'app', state: 'sleeping' });
    const denied = (): never => {
      throw new Error('EACCES');
    };
    const collector = new PortableProcessesCollector(host.reader, 'linux', { of: denied });
    expect(collector.sample(await host.look([app])).disturbances).toMatchObject([{ kind: 'unobserved' }]);
  });

  it('a Mac calls a process that has slept for long «unknown»', async () => {
    const host = new Host();
    host.processes.push({ pid: 7, name: 'app', state: 'unknown' });
    const collector = new PortableProcessesCollector(host.reader, 'darwin', null);
    expect(collector.sample(await host.look([app])).disturbances).toEqual([]);
  });

  it('fails where a process changes its name: it may have executed another program', async () => {
    const host = new Host();
    host.processes.push({ pid: 7, name: 'app', state: 'sleeping' });
    const collector = new PortableProcessesCollector(host.reader, 'linux', null);
    const found: unknown[] = [];
    for (const name of ['app', 'app', 'curl', 'curl']) {
      host.processes[1] = { pid: 7, name, state: 'sleeping' };
      found.push(collector.sample(await host.look([app])).failures?.map(({ reason }) => reason));
    }
    const reason = 'app (pid 7) has changed its name: it may have executed another program';
    expect(found).toEqual([[], [], [reason], []]);
    expect(collector.report().status).toBe('ok');
  });

  it('vouches for nobody where no states are told', async () => {
    const host = new Host();
    await host.look([]);
    expect(new PortableProcessesCollector(host.reader, 'win32', null).probe()).toMatchObject({
      status: 'partial',
    });
    expect(new PortableProcessesCollector(host.reader, 'linux', null).probe()).toMatchObject({
      status: 'ok',
    });
  });

  it('reports a failure for a process that is not in the list', async () => {
    const host = new Host();
    const collector = new PortableProcessesCollector(host.reader, 'linux', null);
    expect(collector.sample(await host.look([app])).failures).toMatchObject([{ target: 'app' }]);
  });
});

describe('sockets', () => {
  const sockets = (host: Host): PortableSocketsCollector =>
    new PortableSocketsCollector(host.reader, 'network:1');

  it('tells what is new since the look before, who opened it, and who is at the other end', async () => {
    const host = new Host();
    const collector = sockets(host);
    const listener = connection({ localPort: '80', peerAddress: '0.0.0.0', peerPort: '*', state: 'LISTEN' });
    host.connections.push(listener);
    expect(collector.sample(await host.look([app]))).toEqual({ activities: [] });
    host.connections.push(
      connection(),
      connection({ localPort: '80', peerAddress: '127.0.0.1', peerPort: '50000' }),
      connection({
        localAddress: '127.0.0.1',
        localPort: '50000',
        peerAddress: '127.0.0.1',
        peerPort: '80',
        pid: 9,
        process: 'curl',
      }),
      connection({ localPort: '81', peerAddress: '0.0.0.0', peerPort: '*', state: 'LISTEN' }),
    );
    const { activities = [] } = collector.sample(await host.look([app]));
    expect(briefly(activities)).toEqual([
      'connect outbound 192.0.2.1:443',
      'accept inbound 127.0.0.1:50000',
      'listen inbound :81',
    ]);
    expect(activities[1]).toMatchObject({
      remote: { process: 'curl' },
      bytesSent: null,
      bytesReceived: null,
    });
    expect(collector.sample(await host.look([app])).activities).toEqual([]);
  });

  it('takes what was there at the first look for older than the run, but not for silent', async () => {
    const host = new Host();
    const collector = sockets(host);
    host.connections.push(connection());
    const open = {
      failures: [{ target: 'app', reason: expect.stringContaining('what is sent on it is not seen') }],
    };
    expect(collector.sample(await host.look([app]))).toEqual({ activities: [], ...open });
    host.connections.pop();
    // It was closed at some time since the look before.
    expect(collector.sample(await host.look([app]))).toEqual({ activities: [], ...open });
    expect(collector.sample(await host.look([app]))).toEqual({ activities: [] });
    expect(collector.stop()).toMatchObject({ status: 'partial', tier: 'sampled' });
  });

  it('does not take a socket for a new one when another of its holders is named', async () => {
    const host = new Host();
    const collector = sockets(host);
    const worker = someProcess(8, { startedAtMs: NOW - 60_000 });
    host.connections.push(connection({ localPort: '80', peerPort: '*', state: 'LISTEN' }));
    collector.sample(await host.look([app, worker]));
    host.connections[1] = { ...connection({ localPort: '80', peerPort: '*', state: 'LISTEN' }), pid: 8 };
    expect(collector.sample(await host.look([app, worker]))).toEqual({ activities: [] });
  });

  it.each([
    ['network:2', /another network namespace/],
    [null, /no permission/],
  ])('vouches for nobody in %s', async (networkScope, reason) => {
    const host = new Host();
    const { failures } = sockets(host).sample(await host.look([{ ...app, networkScope }]));
    expect(failures?.[0]?.reason).toMatch(reason);
  });

  it('reports a failure of all targets where there is no list', async () => {
    const host = new Host();
    host.connections = [];
    expect(sockets(host).sample(await host.look([app])).failures).toMatchObject([{ target: null }]);
  });
});
