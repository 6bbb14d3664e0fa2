import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OwnNetworkBook, type OwnLook } from '../../../../../src/collectors/linux/own-network/book.ts';
import type { OwnCounts } from '../../../../../src/collectors/linux/own-network/counts.ts';
import { ownActivity } from '../../../../../src/collectors/linux/own-network/activity.ts';
import type { SocketRecord } from '../../../../../src/core/parse/socket-record.ts';
import { type DestroyedSocket, parseSsEvent } from '../../../../../src/core/parse/ss-event.ts';
import type { NetworkActivity } from '../../../../../src/model/activity.ts';

const ZERO: OwnCounts = {
  opened: 0,
  failed: 0,
  accepted: 0,
  dataSegments: 0,
  datagrams: 0,
  datagramsReceived: 0,
  icmp: 0,
  otherPackets: 0,
  unroutable: 0,
};

/** A namespace whose counters are moved by hand; a look a second. */
class Namespace {
  readonly counts: OwnCounts = { ...ZERO };
  records: SocketRecord[] = [row(5555, null, 10)];
  destroyed: OwnLook['destroyed'][number][] = [];
  seen: NetworkActivity[] = [];
  readonly book: OwnNetworkBook;
  #atMs = 0;

  constructor() {
    this.book = new OwnNetworkBook('app', this.#now());
  }

  end(line: string): void {
    this.destroyed.push({ atMs: this.#atMs + 500, socket: parseSsEvent(line) as DestroyedSocket });
  }

  look(): { told: string[]; isAllTold: boolean } {
    this.#atMs += 1000;
    const { activities, reading } = this.book.look(this.#now());
    this.destroyed = [];
    this.seen = [];
    const told = activities.map(
      ({ op, protocol, remote }) =>
        `${op} ${protocol} ${remote === null ? '?' : `${remote.ip}:${remote.port ?? '?'}`}`,
    );
    return { told, isAllTold: reading !== null };
  }

  #now(): OwnLook {
    const { records, destroyed, seen } = this;
    return { atMs: this.#atMs, counts: { ...this.counts }, records, destroyed, seen, processId: 1 };
  }
}

function row(port: number, remote: number | null, state: number): SocketRecord {
  return {
    protocol: 'tcp',
    state,
    local: { ip: '127.0.0.1', port },
    remote: { ip: remote === null ? '0.0.0.0' : '127.0.0.1', port: remote ?? 0 },
    inode: 1,
    traffic: null,
  };
}

const client = (port: number, details = 'bytes_sent:2 bytes_acked:4 segs_out:4 data_segs_out:1'): string =>
  `tcp UNCONN 0 0 127.0.0.1:${port} 127.0.0.1:5555 ino:0 sk:1 ${details}`;
const server = (port: number, details = 'bytes_acked:1 bytes_received:3 segs_out:2'): string =>
  `tcp UNCONN 0 0 127.0.0.1:5555 127.0.0.1:${port} ino:0 sk:2 ${details}`;

describe('what a network of its own counted', () => {
  it('is nothing: everything is told at once', () => {
    expect(new Namespace().look()).toEqual({ told: [], isAllTold: true });
  });

  it('is one connection, of which both ends were told: neither more nor less', () => {
    const net = new Namespace();
    Object.assign(net.counts, { opened: 1, accepted: 1, dataSegments: 3 });
    net.end(client(40000));
    net.end(server(40000));
    expect(net.look()).toEqual({
      told: ['connect tcp 127.0.0.1:5555', 'accept tcp 127.0.0.1:40000'],
      isAllTold: true,
    });
    expect(net.look().told).toEqual([]);
  });

  it('waits for what is told late, and does not tell it twice', () => {
    const net = new Namespace();
    Object.assign(net.counts, { opened: 1, accepted: 1, dataSegments: 3 });
    expect(net.look()).toEqual({ told: [], isAllTold: false });
    expect(net.book.isPending).toBe(true);
    net.end(client(40000));
    net.end(server(40000));
    expect(net.look().told).toEqual(['connect tcp 127.0.0.1:5555', 'accept tcp 127.0.0.1:40000']);
    expect(net.look()).toEqual({ told: [], isAllTold: true });
  });

  it('is told without an address where nobody tells it', () => {
    const net = new Namespace();
    Object.assign(net.counts, { opened: 2, failed: 1 });
    net.look();
    expect(net.look()).toEqual({ told: ['attempt tcp ?', 'connect tcp ?'], isAllTold: true });
    net.end(client(40000));
    expect(net.look().told).toEqual([]);
  });

  it('is a refused call, whose port can be forgotten', () => {
    const net = new Namespace();
    Object.assign(net.counts, { opened: 2, failed: 2 });
    net.end('tcp UNCONN 0 3 0.0.0.0:34592 203.0.113.7:* ino:0 sk:1');
    net.end('tcp UNCONN 0 1 203.0.113.7:34593 203.0.113.7:443 ino:0 sk:1 segs_out:1');
    expect(net.look().told).toEqual(['attempt tcp 203.0.113.7:?', 'attempt tcp 203.0.113.7:443']);
  });

  it('joins a connection that was seen open with its end', () => {
    const net = new Namespace();
    const remote = { ip: '127.0.0.1', port: 5555 };
    net.counts.opened = 1;
    net.records = [...net.records, row(40000, 5555, 1)];
    net.seen = [ownActivity('app', 1, 1000, { op: 'connect', localPort: 40000, remote })];
    expect(net.look().told).toEqual(['connect tcp 127.0.0.1:5555']);
    net.end(client(40000, 'bytes_acked:2 segs_out:3'));
    net.counts.dataSegments = 1;
    net.records = [row(5555, null, 10)];
    expect(net.look()).toEqual({ told: [], isAllTold: true });
  });

  it('finds in the tables what nobody held, with its address', () => {
    const net = new Namespace();
    net.counts.opened = 1;
    net.records = [...net.records, row(40000, 5555, 1)];
    expect(net.look().told).toEqual([]);
    expect(net.look().told).toEqual(['connect tcp 127.0.0.1:5555']);
  });

  it('says nothing of a connection that was there before', () => {
    const net = new Namespace();
    net.end(client(40001));
    expect(net.look().told).toEqual([]);
  });

  it('is a send on a connection that is kept open: to its remote, or to one that is not known', () => {
    const net = new Namespace();
    net.counts.opened = 1;
    net.records = [...net.records, row(40000, 5555, 1)];
    for (let look = 0; look < 4; look += 1) net.look();
    net.counts.dataSegments += 1;
    expect(net.look().told).toEqual([]);
    expect(net.look().told).toEqual(['send tcp 127.0.0.1:5555']);
    net.counts.opened += 1;
    net.records = [...net.records, { ...row(40001, 7777, 1), remote: { ip: '203.0.113.7', port: 7777 } }];
    for (let look = 0; look < 4; look += 1) net.look();
    net.counts.dataSegments += 1;
    net.look();
    expect(net.look().told).toEqual(['send tcp ?']);
  });

  it('is datagrams, pings and packets of other protocols, one a look and without an address', () => {
    const net = new Namespace();
    Object.assign(net.counts, { datagrams: 9, datagramsReceived: 1, icmp: 1, otherPackets: 4 });
    expect(net.look().told).toEqual(['send udp ?', 'receive udp ?']);
    expect(net.look()).toEqual({ told: ['send icmp ?', 'send raw ?'], isAllTold: true });
  });

  it('contradicts itself: the book cannot go on', () => {
    const net = new Namespace();
    net.counts.datagrams = -1;
    expect(() => net.look()).toThrow('backwards');
  });

  it('is told in the end whatever was lost or late on the way, as many as were counted', () => {
    const fate = fc.constantFrom('told', 'late', 'lost');
    fc.assert(
      fc.property(fc.array(fc.array(fate, { maxLength: 4 }), { maxLength: 8 }), (looks) => {
        const net = new Namespace();
        const told: string[] = [];
        let port = 40000;
        let late: string[] = [];
        for (const fates of [...looks, [], []]) {
          for (const line of late) net.end(line);
          late = [];
          for (const one of fates) {
            net.counts.opened += 1;
            net.counts.dataSegments += 2;
            port += 1;
            if (one === 'told') net.end(client(port));
            if (one === 'late') late.push(client(port));
          }
          told.push(...net.look().told.filter((what) => what.startsWith('connect')));
        }
        expect(told).toHaveLength(net.counts.opened);
        expect(net.book.isPending).toBe(false);
      }),
    );
  });
});
