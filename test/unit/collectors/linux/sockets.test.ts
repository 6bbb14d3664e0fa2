import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LookReader } from '../../../../src/collectors/linux/look-reader.ts';
import { SocketsCollector } from '../../../../src/collectors/linux/sockets.ts';
import type { SocketProtocolName } from '../../../../src/os/socket-protocol.ts';
import { briefly } from '../../../support/watching.ts';
import {
  type ProcFolder,
  procFolder,
  recorded,
  someProcess,
  statLine,
} from '../../../support/proc-folder.ts';
import { lookAt } from './look.ts';

let proc: ProcFolder;
const app = someProcess(7, { networkScope: 'network:5' });

/** Without netlink and koffi: all by the files of /proc. */
const collector = (protocolName: SocketProtocolName | null = null): SocketsCollector =>
  new SocketsCollector(new LookReader(proc.procfs), {
    openNetlink: () => null,
    protocolName,
    sharesFiles: () => null,
  });
const hold = (fd: number, inode: number): void => proc.link(`7/fd/${fd}`, `socket:[${inode}]`);
const first = () => lookAt([app], { previousMs: null, full: true });
const TABLES = [
  'tcp',
  'tcp6',
  'udp',
  'udp6',
  'unix',
  'netlink',
  'packet',
  'raw',
  'snmp',
  'snmp6',
  'netstat',
] as const;

beforeEach(() => {
  proc = procFolder();
  proc.write('7/stat', statLine(7));
  proc.link('self/ns/net', 'net:[5]');
  proc.link('7/fd/0', '/dev/null');
  for (const file of TABLES) proc.write(`7/net/${file}`, recorded(file));
  for (const file of ['snmp', 'snmp6', 'netstat']) proc.write(`self/net/${file}`, recorded(file));
});
afterEach(() => proc.remove());

describe('sockets, by the files of /proc', () => {
  it('tells what was opened after the first look, IPv4 and IPv6, TCP and UDP', () => {
    const sockets = collector();
    hold(3, 125850);
    expect(sockets.sample(first()).activities).toEqual([]);
    for (const [fd, inode] of [125851, 125853, 125854, 125855, 125856].entries()) hold(4 + fd, inode);
    expect(briefly(sockets.sample(lookAt([app])).activities)).toEqual([
      'connect outbound tcp 127.0.0.1:33611',
      'connect outbound tcp 127.0.0.1:50785',
      'connect outbound tcp ::1:33611',
      'connect outbound udp 127.0.0.1:53',
      'listen inbound udp :36815',
    ]);
    expect(sockets.stop()).toMatchObject({
      status: 'ok',
      tier: 'sampled',
      reason: expect.stringContaining('inet_diag'),
    });
  });

  it('counts what the namespace counted, and what it saw of the target', () => {
    hold(3, 125851);
    const sockets = collector();
    const scopes = sockets.sample(first()).counters;
    expect(scopes?.map(({ scope }) => scope)).toEqual(['network:5', 'sockets:app']);
    expect(Object.keys(scopes?.[0]?.values ?? {})).toEqual(
      expect.arrayContaining([
        'tcpActiveOpens',
        'tcpPassiveOpens',
        'udpOutDatagrams',
        'udp6OutDatagrams',
        'icmp6OutMsgs',
      ]),
    );
    expect(scopes?.[1]?.values).toEqual({ connects: 0, accepts: 0, closed: 0, listening: 0, sendsUnseen: 1 });
    proc.remove('7/fd/3');
    const after = sockets.sample(lookAt([app])).counters?.find(({ scope }) => scope === 'sockets:app');
    expect(after?.values).toEqual({
      connects: 0,
      accepts: 0,
      closed: 1,
      listening: 0,
      sendsUnseen: 0,
    });
  });

  it('reads the counters once more when a process ended, even the last one', () => {
    hold(3, 125851);
    const sockets = collector();
    sockets.sample(first());
    proc.remove('7');
    const over = { moved: new Set<number>(), ended: [{ process: app, exitCode: null }] };
    const { counters } = sockets.sample(lookAt([], over));
    expect(counters?.map(({ scope }) => scope)).toEqual(['network:5', 'sockets:app']);
    expect(counters?.[1]?.values).toMatchObject({ closed: 1 });
  });

  it('knows where somebody listens, in that namespace', () => {
    const sockets = collector();
    hold(3, 125850);
    sockets.sample(first());
    const local = { ip: '127.0.0.1', port: 33611 };
    expect(sockets.isListenedOn(local, 'network:5')).toBe(true);
    expect(sockets.isListenedOn(local, null)).toBe(true);
    expect(sockets.isListenedOn(local, 'network:6')).toBe(false);
    expect(sockets.isListenedOn({ ...local, port: 33612 }, 'network:5')).toBe(false);
  });

  it('reads nothing when nothing moved', () => {
    const sockets = collector();
    sockets.sample(first());
    proc.remove('7');
    expect(sockets.sample(lookAt([app], { moved: new Set() }))).toEqual({});
  });

  it('knows sockets that are no network', () => {
    hold(3, 125862);
    hold(4, 1502);
    const sockets = collector();
    expect(sockets.sample(first())).not.toHaveProperty('failures');
    expect(sockets.stop().status).toBe('ok');
  });

  it.each([
    ['a packet socket', 125859, 'PACKET'],
    ['a raw socket', 125860, 'RAW'],
    ['a socket in no table', 4242, 'unknown kind'],
  ])('says that it cannot see into %s', (_, inode, word) => {
    hold(3, inode);
    const sockets = collector();
    const { failures } = sockets.sample(first());
    expect(failures).toEqual([{ target: 'app', reason: expect.stringContaining(word) }]);
    expect(sockets.stop()).toMatchObject({ status: 'partial', reason: expect.stringContaining(word) });
  });

  it('does not mind a TCP socket that is not connected yet, where the kernel tells that it is one', () => {
    hold(3, 4242);
    const sockets = collector(() => 'TCPv6');
    expect(sockets.sample(first())).not.toHaveProperty('failures');
  });

  it.each([
    ['UserFiles:\t0\n', 'ok'],
    ['UserFiles:\t2\n', 'partial'],
    ['SqMask:\t0\n', 'partial'],
  ])('looks whether an io_uring holds files of its own: %j', (text, status) => {
    proc.link('7/fd/3', 'anon_inode:[io_uring]');
    proc.write('7/fdinfo/3', text);
    const sockets = collector();
    sockets.sample(first());
    expect(sockets.stop().status).toBe(status);
  });

  it('fails, and closes nothing, when the tables cannot be read', () => {
    hold(3, 125851);
    const sockets = collector();
    sockets.sample(first());
    proc.remove('7/net/tcp');
    expect(() => sockets.sample(lookAt([app]))).toThrow('socket tables');
  });

  it('looks into another thread when the first one has ended', () => {
    hold(3, 125850);
    const sockets = collector();
    sockets.sample(first());
    // A thread that has ended is in no namespace any more.
    for (const folder of ['7/fd', '7/net']) proc.remove(folder);
    for (const file of TABLES) proc.write(`7/task/8/net/${file}`, recorded(file));
    proc.write('7/stat', statLine(7, { state: 'Z', threads: 2 }));
    proc.write('7/task/7/status', '');
    proc.link('7/task/8/fd/3', 'socket:[125850]');
    proc.link('7/task/8/fd/4', 'socket:[125855]');
    expect(briefly(sockets.sample(lookAt([app])).activities)).toEqual(['connect outbound udp 127.0.0.1:53']);
  });

  it('keeps a socket that another process of the target still holds', () => {
    const worker = someProcess(8, { networkScope: 'network:5' });
    proc.write('8/stat', statLine(8));
    proc.link('8/fd/3', 'socket:[125851]');
    hold(3, 125851);
    const sockets = collector();
    sockets.sample(lookAt([app, worker], { previousMs: null, full: true }));
    proc.remove('7/fd/3');
    const { counters, activities } = sockets.sample(lookAt([app, worker]));
    expect(activities).toEqual([]);
    expect(counters?.find(({ scope }) => scope === 'sockets:app')?.values).toMatchObject({ closed: 0 });
  });
});
