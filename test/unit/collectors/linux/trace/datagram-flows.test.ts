import { describe, expect, it } from 'vitest';
import { brief, flowsIn, flowsOf, play, us } from './recorded.ts';

describe('UDP', () => {
  it('is one flow for all datagrams to one remote, a datagram without bytes included', () => {
    const told = flowsOf(`
       0.0 4668 . route table=254 err=0 proto=17 0.0.0.0:37837 -> 127.0.0.1:9999
      67.7 4668 s route table=254 err=0 proto=1 127.0.0.1:0 -> 127.0.0.1:0
     320.2 4668 . send s1 fam2 proto17 ret=3 flags=0x0
     367.6 4668 . route table=254 err=0 proto=17 0.0.0.0:37837 -> 127.0.0.1:9998
     379.1 4668 . send s1 fam2 proto17 ret=0 flags=0x0
     380.6 4668 . route table=254 err=0 proto=17 0.0.0.0:37837 -> 127.0.0.1:9999
     388.0 4668 . send s1 fam2 proto17 ret=4 flags=0x0`);
    expect(told.map(brief)).toEqual([
      'send outbound udp 0.0.0.0:37837 -> 127.0.0.1:9999 7/0',
      'send outbound udp 0.0.0.0:37837 -> 127.0.0.1:9998 0/0',
    ]);
    expect(told.map(({ atNs, lastNs }) => [atNs, lastNs])).toEqual([
      [us(320.2), us(388.0)],
      [us(379.1), us(379.1)],
    ]);
  });

  it('keeps the remote of a connected socket, whose only look-up was at connect(2)', () => {
    const flows = flowsIn();
    play(
      flows,
      `
     438.8 4668 . route table=254 err=0 proto=17 0.0.0.0:56683 -> 127.0.0.1:9997
     439.6 4668 . route table=254 err=0 proto=17 127.0.0.1:56683 -> 127.0.0.1:9997
     463.0 4668 . send s2 fam2 proto17 ret=3 flags=0x0
     464.7 4668 . send s2 fam2 proto17 ret=-111 flags=0x0`,
    );
    expect(flows.take(us(470), false).map(brief)).toEqual([
      'send outbound udp 0.0.0.0:56683 -> 127.0.0.1:9997 3/0',
      'attempt outbound udp 0.0.0.0:56683 -> 127.0.0.1:9997 0/0',
    ]);
    play(flows, '500.0 4668 . send s2 fam2 proto17 ret=6 flags=0x0');
    expect(flows.take(us(600), false).map(brief)).toEqual([
      'send outbound udp 0.0.0.0:56683 -> 127.0.0.1:9997 6/0',
    ]);
  });

  it('is one flow with its answers: two questions to a name server, and what it said', () => {
    const told = flowsOf(`
    2242.4 4668 . route table=254 err=0 proto=17 0.0.0.0:58261 -> 10.255.255.53:53
    2242.6 4668 . route table=254 err=0 proto=17 192.0.2.2:58261 -> 10.255.255.53:53
    2284.0 4668 . send s18 fam2 proto17 ret=40 flags=0x0
    2287.8 4668 . send s18 fam2 proto17 ret=40 flags=0x0
    2691.0 4668 . recv s18 fam2 proto17 ret=40 flags=0x40
    2696.2 4668 . recv s18 fam2 proto17 ret=52 flags=0x40
    2697.2 4668 . recv s18 fam2 proto17 ret=-11 flags=0x40`);
    expect(told.map(brief)).toEqual(['send outbound udp 0.0.0.0:58261 -> 10.255.255.53:53 80/92']);
  });

  it('is told one beat apart where the look comes late, answers with their questions', () => {
    const told = flowsOf(`
            0 4668 . route table=254 err=0 proto=17 0.0.0.0:58261 -> 10.255.255.53:53
            1 4668 . send s18 fam2 proto17 ret=40 flags=0x0
          500 4668 . recv s18 fam2 proto17 ret=41 flags=0x40
      1004000 4668 . send s18 fam2 proto17 ret=42 flags=0x0
      1004500 4668 . recv s18 fam2 proto17 ret=43 flags=0x40
      2500000 4668 . recv s18 fam2 proto17 ret=44 flags=0x40
      2500001 4668 . recv s18 fam2 proto17 ret=1 flags=0x40`);
    expect(told.map(brief)).toEqual([
      'send outbound udp 0.0.0.0:58261 -> 10.255.255.53:53 40/41',
      'send outbound udp 0.0.0.0:58261 -> 10.255.255.53:53 42/43',
      'receive outbound udp 0.0.0.0:58261 -> 10.255.255.53:53 0/45',
    ]);
  });

  it('says nothing of a socket of another target that has the same address in the kernel later', () => {
    const told = flowsOf(
      `
       0.0 4668 . route table=254 err=0 proto=17 0.0.0.0:58261 -> 127.0.0.1:9999
       1.0 4668 . send s18 fam2 proto17 ret=40 flags=0x0
      20.0 4669 . recv s18 fam2 proto17 ret=7 flags=0x0`,
      { targetOf: String },
    );
    expect(told.map(brief)).toEqual([
      'send outbound udp 0.0.0.0:58261 -> 127.0.0.1:9999 40/0',
      'receive inbound udp ? -> ? 0/7',
    ]);
  });

  it('tells an answer apart that comes after the take', () => {
    const flows = flowsIn();
    play(
      flows,
      `
      0.0 4668 . route table=254 err=0 proto=17 0.0.0.0:58261 -> 10.255.255.53:53
      1.0 4668 . send s18 fam2 proto17 ret=40 flags=0x0`,
    );
    flows.take(us(2), false);
    play(flows, '3.0 4668 . recv s18 fam2 proto17 ret=40 flags=0x40');
    expect(flows.take(us(4), false).map(brief)).toEqual([
      'receive outbound udp 0.0.0.0:58261 -> 10.255.255.53:53 0/40',
    ]);
  });

  it('is inbound where others began: a server and its answer', () => {
    const flows = flowsIn();
    play(
      flows,
      `
    3444.8 4668 . recv s18 fam2 proto17 ret=5 flags=0x0
    3448.3 4668 . recv s18 fam2 proto17 ret=0 flags=0x0
    3451.4 4668 . route table=254 err=0 proto=17 127.0.0.1:46587 -> 127.0.0.1:51103
    3454.4 4668 . send s18 fam2 proto17 ret=6 flags=0x0`,
    );
    expect(flows.take(us(4000), false).map(brief)).toEqual([
      'receive inbound udp ? -> ? 0/5',
      'send inbound udp 0.0.0.0:46587 -> 127.0.0.1:51103 6/0',
    ]);
    // Nobody has asked for a while.
    play(
      flows,
      `
    2000000 4668 . route table=254 err=0 proto=17 127.0.0.1:46587 -> 127.0.0.1:51103
    2000003 4668 . send s18 fam2 proto17 ret=6 flags=0x0`,
    );
    expect(flows.take(us(3e6), false).map(({ direction }) => direction)).toEqual(['outbound']);
  });

  it('is no answer where more remotes are sent to than datagrams came', () => {
    const told = flowsOf(`
      0.0 4668 . recv s5 fam2 proto17 ret=6 flags=0x0
      1.0 4668 . route table=254 err=0 proto=17 0.0.0.0:53 -> 10.0.0.7:4000
      2.0 4668 . send s5 fam2 proto17 ret=6 flags=0x0
      3.0 4668 . route table=254 err=0 proto=17 0.0.0.0:53 -> 10.0.0.8:4000
      4.0 4668 . send s5 fam2 proto17 ret=7 flags=0x0
      5.0 4668 . route table=254 err=0 proto=17 0.0.0.0:53 -> 10.0.0.7:4000
      6.0 4668 . send s5 fam2 proto17 ret=8 flags=0x0
      7.0 4668 . recv s5 fam2 proto17 ret=6 flags=0x0
      8.0 4668 . route table=254 err=0 proto=17 0.0.0.0:53 -> 10.0.0.9:4000
      9.0 4668 . send s5 fam2 proto17 ret=9 flags=0x0`);
    expect(told.map(brief)).toEqual([
      'receive inbound udp ? -> ? 0/12',
      'send inbound udp 0.0.0.0:53 -> 10.0.0.7:4000 14/0',
      'send outbound udp 0.0.0.0:53 -> 10.0.0.8:4000 7/0',
      'send inbound udp 0.0.0.0:53 -> 10.0.0.9:4000 9/0',
    ]);
  });

  it('has no remote where it is not known: a socket that was connected before', () => {
    const flows = flowsIn();
    const send = 'send s5 fam2 proto17 ret=6 flags=0x0';
    play(flows, `1.0 4668 . ${send}`);
    const [first] = flows.take(us(2), false);
    expect(first).toMatchObject({ op: 'send', remote: null, socket: 5 });
    const [local, remote] = [
      { ip: '10.0.0.1', port: 40000 },
      { ip: '10.0.0.9', port: 8125 },
    ];
    flows.bind({ socket: 5, atNs: us(0) }, { protocol: 'udp', local, remote, direction: 'outbound' });
    play(flows, `3.0 4668 . ${send}`);
    expect(flows.take(us(4), false).map(brief)).toEqual([
      'send outbound udp 10.0.0.1:40000 -> 10.0.0.9:8125 6/0',
    ]);
  });

  it('does not take the way of something else for its own', () => {
    const told = flowsOf(`
      0.0 4668 . route table=254 err=0 proto=17 0.0.0.0:40001 -> 10.0.0.7:443
      1.0 4668 . state s1 CLOSE->SYN_SENT fam2 proto6 10.0.0.1:0 -> 10.0.0.7:443
      2.0 4668 . send s5 fam2 proto17 ret=6 flags=0x0
      3.0 4669 . route table=254 err=0 proto=17 0.0.0.0:40002 -> 10.0.0.8:443
      4.0 4668 . send s6 fam2 proto17 ret=6 flags=0x0`);
    expect(told.filter(({ op }) => op === 'send').map(brief)).toEqual([
      'send outbound udp ? -> ? 6/0',
      'send outbound udp ? -> ? 6/0',
    ]);
  });

  it('begins anew where another socket has the address of one that was closed', () => {
    const told = flowsOf(`
      0.0 4668 . recv s5 fam2 proto17 ret=6 flags=0x0
      1.0 4668 . route table=254 err=0 proto=17 0.0.0.0:53 -> 10.0.0.7:4000
      2.0 4668 . send s5 fam2 proto17 ret=6 flags=0x0
      3.0 4668 . route table=254 err=0 proto=17 0.0.0.0:40002 -> 10.0.0.8:53
      4.0 4668 . send s5 fam2 proto17 ret=7 flags=0x0`);
    expect(told.map(brief)).toEqual([
      'receive inbound udp ? -> ? 0/6',
      'send inbound udp 0.0.0.0:53 -> 10.0.0.7:4000 6/0',
      'send outbound udp 0.0.0.0:40002 -> 10.0.0.8:53 7/0',
    ]);
  });

  it('has no local port where its look-ups tell none, whoever had its address before: UDP-Lite', () => {
    const told = flowsOf(`
      3.0 4668 . route table=254 err=0 proto=17 0.0.0.0:40002 -> 10.0.0.8:53
      4.0 4668 . send s5 fam2 proto17 ret=7 flags=0x0
      5.0 4668 . route table=254 err=0 proto=136 0.0.0.0:0 -> 10.0.0.8:0
      6.0 4668 . send s5 fam2 proto136 ret=1 flags=0x0`);
    expect(told.map(brief)).toEqual([
      'send outbound udp 0.0.0.0:40002 -> 10.0.0.8:53 7/0',
      'send outbound udp ? -> 10.0.0.8:0 1/0',
    ]);
  });

  it('reads IPv6, and IPv4 out of an IPv6 socket', () => {
    const told = flowsOf(`
     602.8 4668 . route table=255 err=0 proto=17 :::34150 -> ::1:9999
     637.7 4668 . send s3 fam10 proto17 ret=3 flags=0x0
     639.7 4668 . route table=254 err=0 proto=17 0.0.0.0:34150 -> 127.0.0.1:9995
     648.2 4668 . send s3 fam10 proto17 ret=1 flags=0x0`);
    expect(told.map(({ remote, bytesSent }) => [remote, bytesSent])).toEqual([
      [{ ip: '::1', port: 9999 }, 3],
      [{ ip: '127.0.0.1', port: 9995 }, 1],
    ]);
  });

  it('is an attempt where it was not allowed', () => {
    const [told] = flowsOf(`
     967.3 4668 . route table=254 err=0 proto=17 0.0.0.0:38869 -> 255.255.255.255:9
     972.4 4668 . send s18 fam2 proto17 ret=-13 flags=0x0`);
    expect(told).toMatchObject({ op: 'attempt', error: -13, remote: { ip: '255.255.255.255', port: 9 } });
  });
});

describe('other protocols', () => {
  it.each([
    ['icmp', 'route table=254 err=0 proto=1 0.0.0.0:0 -> 127.0.0.1:0', 'fam2 proto1', '127.0.0.1:0'],
    ['icmp', 'route table=255 err=0 proto=58 :::0 -> ::1:0', 'fam10 proto58', '::1:0'],
    ['raw', 'route table=254 err=0 proto=253 0.0.0.0:0 -> 127.0.0.1:0', 'fam2 proto253', '127.0.0.1:0'],
    ['raw', 'route table=254 err=0 proto=255 0.0.0.0:0 -> 127.0.0.1:0', 'fam2 proto255', '127.0.0.1:0'],
    ['udp', 'route table=254 err=0 proto=136 0.0.0.0:0 -> 127.0.0.1:0', 'fam2 proto136', '127.0.0.1:0'],
  ])('%s', (protocol, route, socket, remote) => {
    const told = flowsOf(`
      0.0 4668 . ${route}
      5.0 4668 . send s7 ${socket} ret=8 flags=0x0`);
    expect(told.map(brief)).toEqual([`send outbound ${protocol} ? -> ${remote} 8/0`]);
  });

  it('packets and virtual machines have no remote', () => {
    const told = flowsOf(`
      1.0 4668 . send s7 fam17 proto0 ret=20 flags=0x0
      2.0 4668 . send s8 fam40 proto0 ret=30 flags=0x0`);
    expect(told.map(brief)).toEqual(['send outbound raw ? -> ? 20/0', 'send outbound vsock ? -> ? 30/0']);
  });

  it('SCTP is a connection', () => {
    const told = flowsOf(`
      1.0 4668 . state s7 CLOSE->SYN_SENT fam2 proto132 127.0.0.1:0 -> 127.0.0.1:5000
      2.0 4668 . send s7 fam2 proto132 ret=20 flags=0x0
      3.0 4668 . state s7 ESTABLISHED->CLOSE fam2 proto132 127.0.0.1:40000 -> 127.0.0.1:5000`);
    expect(told.map(brief)).toEqual(['connect outbound sctp 127.0.0.1:40000 -> 127.0.0.1:5000 20/0 2us']);
  });

  it.each([
    ['AF_UNIX', 'send s3 fam1 proto0 ret=8 flags=0x0'],
    ['AF_NETLINK', 'send s1 fam16 proto0 ret=32 flags=0x0'],
    ['AF_ALG', 'recv s1 fam38 proto0 ret=32 flags=0x0'],
    ['the error queue', 'recv s18 fam2 proto17 ret=1 flags=0x2000'],
    ['nothing to read', 'recv s19 fam2 proto17 ret=-11 flags=0x40'],
    ['a look without taking', 'recv s19 fam2 proto17 ret=11 flags=0x2'],
  ])('%s is nothing', (_, record) => {
    expect(flowsOf(`1.0 4668 . ${record}`)).toEqual([]);
  });
});
