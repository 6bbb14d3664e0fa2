import { describe, expect, it } from 'vitest';
import {
  type ConnectionRow,
  parseConnection,
  takes,
} from '../../../../src/core/parse/portable-connection.ts';

const row = (over: Partial<ConnectionRow>): ConnectionRow => ({
  protocol: 'tcp',
  localAddress: '127.0.0.1',
  localPort: '40000',
  peerAddress: '192.0.2.1',
  peerPort: '443',
  state: 'ESTABLISHED',
  pid: 12,
  process: 'app',
  ...over,
});

describe('parseConnection', () => {
  it('reads a connection', () => {
    expect(parseConnection(row({}))).toMatchObject({
      protocol: 'tcp',
      local: { ip: '127.0.0.1', port: 40_000 },
      remote: { ip: '192.0.2.1', port: 443 },
      isWaiting: false,
      pid: 12,
      processName: 'app',
    });
  });

  it.each([
    [
      'Linux, netstat',
      { protocol: 'tcp6', localAddress: '::', peerAddress: '::', peerPort: '*', state: 'LISTEN' },
    ],
    ['Linux, ss', { localAddress: '*', peerAddress: '*', peerPort: '*', state: 'LISTEN' }],
    ['macOS', { protocol: 'tcp4', localAddress: '*', peerAddress: '*', peerPort: '*', state: 'LISTEN' }],
    ['Windows', { localAddress: '0.0.0.0', peerAddress: '0.0.0.0', peerPort: '0', state: 'LISTENING' }],
    [
      'macOS, UDP',
      { protocol: 'udp4', localAddress: '*', peerAddress: '*', peerPort: '*', state: 'UNKNOWN' },
    ],
    ['Windows, UDP', { protocol: 'udp', peerAddress: '*', peerPort: '*', state: '' }],
  ])('knows who waits: %s', (_, over) => {
    expect(parseConnection(row(over))).toMatchObject({
      isWaiting: true,
      remote: null,
      local: { port: 40_000 },
    });
  });

  it.each([
    [{ state: 'TIME_WAIT', pid: null }],
    [{ state: 'TIME_WAIT', pid: 0 }],
    [{ state: 'LAST_ACK' }],
    [{ pid: Number.NaN }],
    [{ protocol: 'unix' }],
    [{ protocol: 'raw' }],
    [{ localPort: '' }],
    [{ localPort: '99999999' }],
  ])('leaves out %j', (over) => {
    expect(parseConnection(row(over))).toBeNull();
  });

  it.each([
    ['[::ffff:10.0.0.1]', '10.0.0.1'],
    ['[::1]', '::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['2001:DB8::1', '2001:db8::1'],
  ])('writes %s as %s', (peerAddress, ip) => {
    expect(parseConnection(row({ protocol: 'tcp6', peerAddress }))?.remote?.ip).toBe(ip);
  });

  it('does not name a remote end whose address netstat may have cut', () => {
    // 2001:db8:1:2:3:4:5:6 and port 443, as net-tools prints them.
    const cut = parseConnection(
      row({ protocol: 'tcp6', peerAddress: '2001:db8:1:2:3:4:5', peerPort: '4433' }),
    );
    expect(cut).toMatchObject({ isWaiting: false, remote: null });
  });

  it('gives a socket one key, whichever of its holders is named', () => {
    expect(parseConnection(row({ pid: 13 }))?.key).toBe(parseConnection(row({}))?.key);
    expect(parseConnection(row({ peerPort: '444' }))?.key).not.toBe(parseConnection(row({}))?.key);
  });
});

describe('takes', () => {
  it.each([
    ['127.0.0.1', 80, true],
    ['0.0.0.0', 80, true],
    ['::', 80, true],
    ['10.0.0.1', 80, false],
    ['127.0.0.1', 81, false],
  ])('a listener on %s:%i: %s', (ip, port, taken) => {
    expect(takes({ ip, port }, { ip: '127.0.0.1', port: 80 })).toBe(taken);
  });
});
