import { describe, expect, it } from 'vitest';
import { ConnectionBook } from '../../../../src/collectors/linux/connection-book.ts';
import type { Sighting } from '../../../../src/collectors/linux/socket-sighting.ts';
import type { SocketRecord } from '../../../../src/core/parse/socket-record.ts';
import { someProcess } from '../../../support/proc-folder.ts';
import { lookAt } from './look.ts';

const app = someProcess(7);
const traffic = (sentBytes: number, receivedBytes: number, sinceSentMs = 100) => ({
  sentBytes,
  receivedBytes,
  sinceSentMs,
  sinceReceivedMs: 200,
});
const record = (over: Partial<SocketRecord> = {}): SocketRecord => ({
  protocol: 'tcp',
  state: 1,
  local: { ip: '10.0.0.1', port: 40000 },
  remote: { ip: '203.0.113.7', port: 443 },
  inode: 99,
  traffic: traffic(0, 0),
  ...over,
});
const sighting = (one: SocketRecord, over: Partial<Sighting> = {}): Sighting => ({
  look: lookAt([app]),
  process: app,
  record: one,
  isListenedOn: () => false,
  isBaseline: false,
  nameRemote: ({ remote }) => ({ ...remote, process: null, target: null }),
  ...over,
});

describe('ConnectionBook', () => {
  it('tells a new connection once, with what it carried, then what is sent and received', () => {
    const book = new ConnectionBook();
    expect(book.see(sighting(record({ traffic: traffic(5, 6) })))).toMatchObject([
      { op: 'connect', direction: 'outbound', bytesSent: 5, bytesReceived: 6, atMs: 2000, localPort: 40000 },
    ]);
    expect(book.see(sighting(record({ traffic: traffic(5, 6) })))).toEqual([]);
    expect(book.see(sighting(record({ traffic: traffic(8, 7) })))).toMatchObject([
      { op: 'receive', bytesReceived: 1, bytesSent: null, atMs: 1800 },
      { op: 'send', direction: 'outbound', bytesSent: 3, atMs: 1900, remote: { ip: '203.0.113.7' } },
    ]);
    expect(book.totals('app')).toEqual({ connects: 1, accepts: 0, closed: 0 });
  });

  it('keeps times between the two looks', () => {
    const book = new ConnectionBook();
    book.see(sighting(record()));
    expect(book.see(sighting(record({ traffic: traffic(1, 0, 5000) })))).toMatchObject([{ atMs: 1001 }]);
  });

  it('tells that a silent connection was kept alive, once for as long as it was not looked at', () => {
    const book = new ConnectionBook();
    const silent = (sent: number, sinceAcknowledgedMs: number): SocketRecord =>
      record({
        traffic: {
          ...traffic(5, 6),
          segments: { sent, withData: 2, sinceAcknowledgedMs, unanswered: 0, keepaliveInMs: 1000 },
        },
      });
    const later = { ...lookAt([app]), nowMs: 32_000 };
    book.see(sighting(silent(4, 500), { isBaseline: true }));
    expect(book.see(sighting(silent(14, 1200), { look: later }))).toEqual([
      expect.objectContaining({
        op: 'keepalive',
        direction: 'outbound',
        atMs: 30_800,
        thread: null,
        remote: { ip: '203.0.113.7', port: 443, process: null, target: null },
        bytesSent: 0,
        bytesReceived: 0,
      }),
    ]);
    expect(book.see(sighting(silent(14, 1200), { look: later }))).toEqual([]);
  });

  it('books what was there before, and tells only what happens on it later', () => {
    const book = new ConnectionBook();
    expect(book.see(sighting(record({ traffic: traffic(500, 0) }), { isBaseline: true }))).toEqual([]);
    expect(book.see(sighting(record({ traffic: traffic(501, 0) })))).toMatchObject([
      { op: 'send', bytesSent: 1 },
    ]);
  });

  it('tells since when something may have moved more than once: another process can have the socket, too', () => {
    const book = new ConnectionBook();
    const at = (nowMs: number) => ({ look: { ...lookAt([app]), nowMs } });
    book.see(sighting(record({ traffic: traffic(500, 0) }), { isBaseline: true, ...at(1_000) }));
    expect(book.see(sighting(record({ traffic: traffic(501, 0) }), at(31_000)))).toMatchObject([
      { op: 'send', sinceMs: 1_000 },
    ]);
    expect(book.see(sighting(record({ traffic: traffic(501, 7) }), at(61_000)))).toMatchObject([
      { op: 'receive', sinceMs: 31_000 },
    ]);
  });

  it('accepts where somebody listens, but for a connection that is still being opened', () => {
    const book = new ConnectionBook();
    const listened = { isListenedOn: () => true };
    expect(book.see(sighting(record({ traffic: traffic(0, 3) }), listened))).toMatchObject([
      { op: 'accept', direction: 'inbound' },
    ]);
    expect(book.see(sighting(record({ inode: 98, state: 2 }), listened))).toMatchObject([
      { op: 'connect', direction: 'outbound' },
    ]);
  });

  it('calls outbound what is sent on an accepted connection before anything came', () => {
    const book = new ConnectionBook();
    const listened = { isListenedOn: () => true };
    expect(book.see(sighting(record({ traffic: traffic(3, 0) }), listened))).toMatchObject([
      { op: 'accept', direction: 'inbound', bytesSent: 0 },
      { op: 'send', direction: 'outbound', bytesSent: 3 },
    ]);
    expect(book.see(sighting(record({ traffic: traffic(4, 0) }), listened))).toMatchObject([
      { op: 'send', direction: 'outbound' },
    ]);
    expect(book.see(sighting(record({ traffic: traffic(5, 1) }), listened))).toMatchObject([
      { op: 'receive', direction: 'inbound' },
      { op: 'send', direction: 'inbound' },
    ]);
  });

  it.each([
    ['long after anything came', 'outbound', { sinceReceivedMs: 9000, sinceSentMs: 4000 }, {}],
    [
      'soon after something came',
      'inbound',
      { sinceReceivedMs: 9000, sinceSentMs: 8500 },
      { sinceReceivedMs: 900 },
    ],
    ['to who waits for an answer', 'inbound', { sinceReceivedMs: 8000, sinceSentMs: 9000 }, {}],
  ])('of what is sent on an accepted connection, says who wanted it: %s', (_, direction, before, now) => {
    const book = new ConnectionBook();
    const listened = { isListenedOn: () => true, isBaseline: true };
    book.see(sighting(record({ traffic: { ...traffic(3, 5), ...before } }), listened));
    const later = { ...traffic(9, 5), sinceReceivedMs: 10_000, sinceSentMs: 100, ...now };
    expect(book.see(sighting(record({ traffic: later }), listened))).toMatchObject([
      { op: 'send', direction, bytesSent: 6 },
    ]);
  });

  it('takes what is passed on for asked for, where somebody else has asked at the same look', () => {
    const book = new ConnectionBook();
    const listened = { isListenedOn: () => true, isBaseline: true };
    const quiet = { ...traffic(3, 5), sinceReceivedMs: 9000, sinceSentMs: 4000 };
    const pushed = { ...traffic(9, 5), sinceReceivedMs: 10_000, sinceSentMs: 100 };
    const other = { inode: 98, remote: { ip: '203.0.113.8', port: 443 } };
    const see = (asked: object) => {
      const [push] = book.see(sighting(record({ traffic: { ...pushed, ...asked } }), listened));
      return push;
    };
    book.see(sighting(record({ traffic: quiet }), listened));
    book.see(sighting(record({ ...other, traffic: quiet }), listened));
    const push = see({});
    book.see(sighting(record({ ...other, traffic: { ...traffic(5, 9), sinceReceivedMs: 150 } }), listened));
    book.settle();
    expect(push).toMatchObject({ op: 'send', direction: 'inbound' });
    const later = see({ sentBytes: 12 });
    book.settle();
    expect(later).toMatchObject({ op: 'send', direction: 'outbound' });
  });

  it('tells what leaves although it was handed to the kernel before', () => {
    const book = new ConnectionBook();
    const queued = (waitingBytes: number) => record({ traffic: { ...traffic(1000, 0), waitingBytes } });
    book.see(sighting(queued(900), { isBaseline: true }));
    expect(book.see(sighting(queued(900)))).toEqual([]);
    expect(book.see(sighting(queued(300)))).toMatchObject([{ op: 'send', bytesSent: 600 }]);
  });

  it('tells listening sockets and connected UDP', () => {
    const book = new ConnectionBook();
    const nobody = { ip: '0.0.0.0', port: 0 };
    expect(book.see(sighting(record({ inode: 1, state: 10, remote: nobody, traffic: null })))).toMatchObject([
      { op: 'listen', direction: 'inbound', remote: null, localPort: 40000 },
    ]);
    const udp = { inode: 2, protocol: 'udp', traffic: null } as const;
    expect(book.see(sighting(record({ ...udp, state: 7, remote: nobody })))).toMatchObject([
      { op: 'listen' },
    ]);
    expect(book.see(sighting(record(udp)))).toMatchObject([{ op: 'connect', direction: 'outbound' }]);
    const elsewhere = { ip: '203.0.113.8', port: 443 };
    expect(book.see(sighting(record({ ...udp, remote: elsewhere })))).toMatchObject([{ op: 'connect' }]);
    expect(book.totals('app')).toEqual({ connects: 0, accepts: 0, closed: 0 });
  });

  it('counts a connection that is gone once, whether it was closed or only left the tables', () => {
    const book = new ConnectionBook();
    book.see(sighting(record()));
    book.missing([99], new Set());
    book.missing([99], new Set());
    book.release(99);
    expect(book.totals('app').closed).toBe(1);
    expect(book.see(sighting(record()))).toMatchObject([{ op: 'connect' }]);
  });

  it('does not tell a connection again that a dump had missed, but one that began anew', () => {
    const book = new ConnectionBook();
    book.see(sighting(record({ traffic: traffic(5, 5) })));
    book.missing([99], new Set());
    expect(book.see(sighting(record({ traffic: traffic(5, 5) })))).toEqual([]);
    expect(book.see(sighting(record({ traffic: traffic(1, 5) })))).toMatchObject([{ op: 'connect' }]);
  });

  it('knows that it cannot see sends without byte counts', () => {
    const book = new ConnectionBook();
    expect(book.hasUncountedSends('app')).toBe(false);
    book.see(sighting(record({ traffic: null })));
    expect(book.hasUncountedSends('app')).toBe(true);
    expect(book.hasUncountedSends('other')).toBe(false);
    book.release(99);
    expect(book.hasUncountedSends(null)).toBe(false);
  });
});
