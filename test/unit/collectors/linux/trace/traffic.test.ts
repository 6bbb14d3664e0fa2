import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NetworkActivity } from '../../../../../src/model/activity.ts';
import { WATCHDOG } from '../../../../../src/model/control.ts';
import { someProcess } from '../../../../support/proc-folder.ts';
import { lookAt } from '../look.ts';
import { OTHER, recorded, TID, us } from './recorded.ts';
import { app, sampled, scene, type Scene, send, socket } from './traffic-scene.ts';

const [one, two] = [socket(40001, '10.0.0.7'), socket(40002, '10.0.0.8')];

describe('sockets that were there before the trace', () => {
  it('all that is sent on one in the same look goes to its remote, none to the one that is left', () => {
    const { tables, look } = scene([one, two]);
    tables.tell([sampled(one, { bytesSent: 14 })]);
    // Two beats, so that the first one is no hint to the second.
    expect(look(`${send(0, 's1', 14)}\n${send(950_000, 's1', 20)}`)).toEqual([
      'trace send outbound tcp 40001 -> 10.0.0.7:443 14',
      'trace send outbound tcp 40001 -> 10.0.0.7:443 20',
    ]);
    expect(look(send(2e6, 's2', 9))).toEqual(['trace send outbound tcp 40002 -> 10.0.0.8:443 9']);
  });

  it('what could not be told at one look goes where the next one finds out', () => {
    const { tables, look, traffic } = scene([one, two]);
    expect(look(send(0, 's1', 14))).toEqual([]);
    expect(traffic.isWaiting).toBe(true);
    tables.tell([sampled(two, { bytesSent: 14 })]);
    expect(look(send(1.5e6, 's1', 30))).toEqual([
      'trace send outbound tcp 40002 -> 10.0.0.8:443 14',
      'trace send outbound tcp 40002 -> 10.0.0.8:443 30',
    ]);
  });

  it('what was sent before a read told the ends goes there, too, and to nobody who is left', () => {
    const { look } = scene([one, two]);
    const reading = `${send(0, 's1', 14)}
      ${send(950_000, 's1', 20)}
      960000 ${TID} . addr s1 10.0.0.1:40001 -> 10.0.0.7:443
      960001 ${TID} . recv s1 fam2 proto6 ret=3 flags=0x0`;
    expect(look(reading).filter((line) => line.includes('send'))).toEqual([
      'trace send outbound tcp 40001 -> 10.0.0.7:443 14',
      'trace send outbound tcp 40001 -> 10.0.0.7:443 20',
    ]);
  });

  it('the first flows of an address in the kernel are not those of the socket that has it later', () => {
    const { look } = scene([one, two]);
    const reused = `${send(0, 's1', 14)}
      ${send(950_000, 's1', 1)}
      960000 ${TID} . state s1 CLOSE->SYN_SENT fam2 proto6 10.0.0.1:0 -> 192.0.2.1:80
      960001 ${TID} s state s1 SYN_SENT->ESTABLISHED fam2 proto6 10.0.0.1:50000 -> 192.0.2.1:80`;
    const told = look(reused, { full: true });
    expect(told.filter((line) => line.includes('send'))).toEqual([
      'trace send outbound tcp ? -> ? 14',
      'trace send outbound tcp ? -> ? 1',
    ]);
    expect(told.filter((line) => line.includes('192.0.2.1'))).toHaveLength(1);
  });

  it('nobody has asked since the trace began: its sends are outbound, all of them', () => {
    const { look } = scene([socket(8080, '10.0.0.7', { direction: 'inbound' })]);
    expect(look(`${send(0, 's1', 14)}\n${send(950_000, 's1', 20)}`)).toEqual([
      'trace send outbound tcp 8080 -> 10.0.0.7:443 14',
      'trace send outbound tcp 8080 -> 10.0.0.7:443 20',
    ]);
  });

  it('several that differ are told without an end rather than with a wrong one', () => {
    const { look } = scene([one, two]);
    expect(look(send(0, 's1', 14), { full: true })).toEqual(['trace send outbound tcp ? -> ? 14']);
  });

  it('datagrams: two of one look, on a socket that was connected before', () => {
    const { tables, look } = scene([
      socket(40001, '10.0.0.7', { protocol: 'udp' }),
      socket(40002, '10.0.0.8', { protocol: 'udp' }),
    ]);
    const datagram = (atUs: number): string => `${atUs} ${TID} . send s1 fam2 proto17 ret=5 flags=0x0`;
    tables.tell([sampled(tables.shown[0]!)]);
    expect(look(`${datagram(0)}\n${datagram(950_000)}`)).toEqual([
      'trace send outbound udp 40001 -> 10.0.0.7:443 5',
      'trace send outbound udp 40001 -> 10.0.0.7:443 5',
    ]);
  });

  it('datagrams of UDP-Lite, of which a look-up tells no port: it is not known, and not 0', () => {
    const { look } = scene();
    const to = (protocol: number): string =>
      `0 ${TID} . route table=255 err=0 proto=${protocol} 0.0.0.0:0 -> 192.0.2.1:0\n1 ${TID} . send s${protocol} fam2 proto${protocol} ret=5 flags=0x0`;
    expect(look(to(136))).toEqual(['trace send outbound udp ? -> 192.0.2.1:null 5']);
    expect(look(to(1))).toEqual(['trace send outbound icmp ? -> 192.0.2.1:0 5']);
  });

  it('datagrams that anybody can have sent have no remote', () => {
    const { tables, look } = scene([socket(40001, '10.0.0.7', { protocol: 'udp' })]);
    tables.isOpen = true;
    expect(look(`0 ${TID} . recv s1 fam2 proto17 ret=5 flags=0x0`)).toEqual([
      'trace receive inbound udp ? -> ? 0',
    ]);
  });
});

describe('who listens', () => {
  const found = `0 ${TID} . addr s1 10.0.0.1:8080 -> 10.0.0.7:5000
    1 ${TID} . recv s1 fam2 proto6 ret=3 flags=0x0
    950000 ${TID} . send s1 fam2 proto6 ret=14 flags=0x0`;

  it('in the namespace of the thread makes a connection inbound', () => {
    const { tables, look } = scene();
    tables.listening = [{ network: 'network:1', port: 8080 }];
    expect(look(found, { full: true })).toEqual([
      'trace accept inbound tcp 8080 -> 10.0.0.7:5000 0',
      'trace send inbound tcp 8080 -> 10.0.0.7:5000 14',
    ]);
  });

  it('in another namespace says nothing about it: what it sends is outbound', () => {
    const { tables, look } = scene();
    tables.listening = [{ network: 'network:2', port: 8080 }];
    const sends = look(found, { full: true }).filter((line) => line.includes('send'));
    expect(sends).toEqual(['trace send outbound tcp 8080 -> 10.0.0.7:5000 14']);
  });

  it('since the trace began, in another namespace', () => {
    const { lives, look } = scene();
    lives.adopt(someProcess(50, { id: 2, networkScope: 'network:2' }), [50]);
    look('0 50 . state s9 CLOSE->LISTEN fam2 proto6 0.0.0.0:8080 -> 0.0.0.0:0');
    const sends = look(found, { full: true }).filter((line) => line.includes('send'));
    expect(sends).toEqual(['trace send outbound tcp 8080 -> 10.0.0.7:5000 14']);
  });
});

describe('who did it', () => {
  const open = (tid: number): string =>
    `0 ${tid} . state s1 CLOSE->SYN_SENT fam2 proto6 10.0.0.1:0 -> 127.0.0.1:80`;
  const taken = ({ lives, traffic }: Scene, tid: number): NetworkActivity[] => {
    for (const record of recorded(open(tid))) {
      lives.record(record);
      traffic.record(record);
    }
    return traffic.take(lookAt([app], { full: true }), us(1e6));
  };

  it('the first thread has the name of its process, others their own; a peer on this host is named', () => {
    expect(taken(scene(), TID)).toMatchObject([
      { processId: 1, thread: 'app', remote: { process: 'peer' }, lifetimeSeconds: null },
    ]);
    expect(taken(scene(), TID + 1)).toMatchObject([{ processId: 1, thread: `thread-${TID + 1}` }]);
  });

  it('the watchdog is no process of the run, and its peers are not looked for', () => {
    expect(taken(scene(), 900)).toMatchObject([
      { target: WATCHDOG, processId: null, remote: { ip: '127.0.0.1', process: null } },
    ]);
  });

  it('nobody who is not followed', () => {
    expect(taken(scene(), OTHER)).toEqual([]);
  });

  it('a child that no look has seen and nobody takes in is not told of by records', () => {
    const world = scene();
    world.lives.record({
      event: 'new-task',
      context: 'task',
      atNs: us(0),
      tid: TID,
      newTid: 77,
      name: 'child',
      isThread: false,
      cloneFlags: 0,
    });
    expect(taken(world, 77)).toEqual([]);
  });
});

describe('what the tables told', () => {
  it('comes out where no record tells it, and once', () => {
    const { tables, look } = scene();
    tables.tell([sampled(one)]);
    expect(look('')).toEqual(['sockets send outbound tcp 40001 -> 10.0.0.7:443 5']);
    expect(look('')).toEqual([]);
  });

  it('is told at each look at which another process sends on a connection of the target', () => {
    const { tables, look } = scene();
    for (const bytesSent of [5, 6, 7]) {
      tables.tell([sampled(one, { bytesSent })]);
      expect(look('')).toEqual([`sockets send outbound tcp 40001 -> 10.0.0.7:443 ${bytesSent}`]);
    }
  });

  it('of a connection whose opening is held back comes with that', () => {
    const { tables, look } = scene();
    const opened = `0 ${TID} . state s1 CLOSE->SYN_SENT fam2 proto6 10.0.0.1:0 -> 10.0.0.7:443
      1 ${TID} s state s1 SYN_SENT->ESTABLISHED fam2 proto6 10.0.0.1:40001 -> 10.0.0.7:443`;
    tables.tell([sampled(one, { op: 'connect' })]);
    expect(look(opened)).toEqual([]);
    expect(look('', { atUs: 9e6 })).toEqual(['trace connect outbound tcp 40001 -> 10.0.0.7:443 0']);
  });

  it('of an accepted connection: the record of its first read is a receive then', () => {
    const { tables, look } = scene();
    tables.listening = [{ network: 'network:1', port: 8080 }];
    const accepted = socket(8080, '10.0.0.7', { direction: 'inbound' });
    tables.tell([sampled(accepted, { op: 'accept', bytesSent: 0 })]);
    expect(look('')).toHaveLength(1);
    const read = `0 ${TID} . addr s1 10.0.0.1:8080 -> 10.0.0.7:443
      1 ${TID} . recv s1 fam2 proto6 ret=3 flags=0x0`;
    expect(look(read, { full: true })).toEqual(['trace receive inbound tcp 8080 -> 10.0.0.7:443 0']);
  });

  it('is there when the trace cannot be read', () => {
    const { tables, traffic } = scene();
    tables.tell([sampled(one)]);
    expect(traffic.release()).toHaveLength(1);
    expect(traffic.release()).toEqual([]);
  });
});

describe('a flood', () => {
  it('of sends on 10,000 connections that were there before is told, each once', () => {
    const shown = Array.from({ length: 10_000 }, (_, index) => socket(index + 1, `10.1.${index % 250}.1`));
    const { tables, look, traffic } = scene(shown);
    tables.tell(shown.map((known) => sampled(known)));
    const told = look(shown.map((_, index) => send(index, `s${index + 1}`, 5)).join('\n'), { full: true });
    expect(told.filter((line) => line.startsWith('trace'))).toHaveLength(10_000);
    expect(new Set(told)).toHaveProperty('size', 10_000);
    expect(traffic.forgotten).toBe(0);
  });

  it('of sends whose ends nobody can tell comes at the next look, each once', () => {
    const shown = Array.from({ length: 10_000 }, (_, index) => socket(index + 1, `10.1.${index % 250}.1`));
    const { look } = scene(shown);
    expect(look(shown.map((_, index) => send(index, `s${index + 1}`, index + 1)).join('\n'))).toEqual([]);
    expect(look('')).toHaveLength(10_000);
    expect(look('', { full: true })).toEqual([]);
  });
});

interface Step {
  thread: number;
  connection: number;
  act: 'send' | 'read' | 'close' | 'look' | 'full' | 'sampled';
  bytes: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  thread: fc.constantFrom(TID, TID + 1, OTHER),
  connection: fc.integer({ min: 1, max: 4 }),
  act: fc.constantFrom('send', 'send', 'send', 'read', 'close', 'look', 'full', 'sampled'),
  // Few sizes: many are alike.
  bytes: fc.integer({ min: 1, max: 3 }),
});

describe('whatever the order of tables and records', () => {
  it('each byte that a followed thread sent is told once by the trace, and nobody else’s', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.subarray([1, 2, 3, 4]),
        fc.boolean(),
        (steps, known, isAlike) => {
          const connections = [1, 2, 3, 4].map((nth) =>
            socket(40_000 + nth, isAlike ? '10.0.0.7' : `10.0.0.${nth}`),
          );
          const { tables, look, traffic } = scene(known.map((nth) => connections[nth - 1]!));
          const told: string[] = [];
          let sent = 0;
          const lines: string[] = [];
          for (const [index, { thread, connection, act, bytes }] of steps.entries()) {
            const atUs = index * 300_000;
            const ends = `fam2 proto6 10.0.0.1:${40_000 + connection} -> ${connections[connection - 1]!.remote!.ip}:443`;
            // One look after the other: nobody reads what was written later.
            if (act === 'send') {
              lines.push(send(atUs, `s${connection}`, bytes, thread));
              if (thread !== OTHER) sent += bytes;
            } else if (act === 'read') {
              lines.push(`${atUs} ${thread} . addr s${connection} ${ends.slice('fam2 proto6 '.length)}`);
              lines.push(`${atUs + 1} ${thread} . recv s${connection} fam2 proto6 ret=${bytes} flags=0x0`);
            } else if (act === 'close') {
              lines.push(`${atUs} ${thread} . state s${connection} ESTABLISHED->FIN_WAIT1 ${ends}`);
            } else if (act === 'sampled') {
              tables.tell([sampled(connections[connection - 1]!, { bytesSent: bytes })]);
            } else {
              told.push(...look(lines.splice(0).join('\n'), { full: act === 'full', atUs }));
            }
          }
          told.push(...look(lines.join('\n'), { full: true, atUs: 1e9 }));
          const ours = told.filter((line) => line.startsWith('trace'));
          expect(ours.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)).toBe(sent);
          expect(traffic.isWaiting).toBe(false);
          expect(look('', { full: true })).toEqual([]);
        },
      ),
    );
  });

  it('an end that is told is that of the connection', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const connections = [1, 2, 3, 4].map((nth) => socket(40_000 + nth, `10.0.0.${nth}`));
        const { tables, look } = scene(connections);
        // Each connection sends what no other does.
        const told: string[] = [];
        const lines: string[] = [];
        for (const [index, { connection, act, bytes }] of steps.entries()) {
          const size = connection * 1000 + bytes;
          if (act === 'look' || act === 'full') {
            told.push(...look(lines.splice(0).join('\n'), { full: act === 'full', atUs: index * 1e6 }));
            continue;
          }
          lines.push(send(index * 1e6, `s${connection}`, size));
          tables.tell([sampled(connections[connection - 1]!, { bytesSent: size })]);
        }
        told.push(...look(lines.join('\n'), { full: true, atUs: 1e9 }));
        for (const line of told) {
          const [, remote, bytes] = /-> (?:\?|10\.0\.0\.(\d):443) (\d+)$/.exec(line) ?? [];
          if (remote !== undefined) expect(Math.floor(Number(bytes) / 1000)).toBe(Number(remote));
        }
      }),
    );
  });
});
