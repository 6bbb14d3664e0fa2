import { describe, expect, it } from 'vitest';
import { brief, flowsIn, flowsOf, OTHER, play, TID, us } from './recorded.ts';

describe('an attempt that no table knows a way for', () => {
  it('is seen by its look-up alone, with IPv4', () => {
    const [tcp, again, udp, ...others] = flowsOf(`
   33900.3 4668 . route table=254 err=-11 proto=6 0.0.0.0:0 -> 203.0.113.7:443
   33949.4 4668 . route table=254 err=-11 proto=6 0.0.0.0:0 -> 203.0.113.7:443
   33972.9 4668 . route table=254 err=-11 proto=17 0.0.0.0:44147 -> 203.0.113.8:53`);
    expect(tcp).toEqual({
      op: 'attempt',
      direction: 'outbound',
      protocol: 'tcp',
      local: null,
      remote: { ip: '203.0.113.7', port: 443 },
      atNs: us(33900.3),
      lastNs: us(33900.3),
      endNs: us(33900.3),
      bytesSent: 0,
      isAnswer: false,
      bytesReceived: 0,
      tid: TID,
      socket: null,
      error: -11,
    });
    expect(again?.atNs).toBe(us(33949.4));
    expect(brief(udp!)).toBe('attempt outbound udp 0.0.0.0:44147 -> 203.0.113.8:53 0/0 0us');
    expect(others).toEqual([]);
  });

  it('is one with IPv6, although the tables are asked twice', () => {
    const told = flowsOf(`
   34057.8 4668 . route table=255 err=-113 proto=6 :::0 -> 2001:db8::1:443
   34059.0 4668 . route table=254 err=-113 proto=6 :::0 -> 2001:db8::1:443
   34063.0 4668 . route table=255 err=-113 proto=6 ::1:0 -> 2001:db8::1:443
   34063.3 4668 . route table=254 err=-113 proto=6 ::1:0 -> 2001:db8::1:443
   34072.1 4668 . route table=255 err=-113 proto=6 :::0 -> 2001:db8::1:443
   34072.6 4668 . route table=254 err=-113 proto=6 :::0 -> 2001:db8::1:443
   34073.4 4668 . route table=255 err=-113 proto=6 ::1:0 -> 2001:db8::1:443
   34073.7 4668 . route table=254 err=-113 proto=6 ::1:0 -> 2001:db8::1:443
   34087.1 4668 . route table=255 err=-113 proto=17 :::43852 -> 2001:db8::2:53
   34087.6 4668 . route table=254 err=-113 proto=17 :::43852 -> 2001:db8::2:53
   34088.4 4668 . route table=255 err=-113 proto=17 ::1:43852 -> 2001:db8::2:53
   34088.8 4668 . route table=254 err=-113 proto=17 ::1:43852 -> 2001:db8::2:53`);
    expect(told.map(brief)).toEqual([
      'attempt outbound tcp ? -> 2001:db8::1:443 0/0 0us',
      'attempt outbound tcp ? -> 2001:db8::1:443 0/0 0us',
      'attempt outbound udp :::43852 -> 2001:db8::2:53 0/0 0us',
    ]);
  });

  it('is one with the datagram that could not be sent', () => {
    const told = flowsOf(`
   33994.3 4668 . route table=254 err=-11 proto=17 0.0.0.0:36770 -> 203.0.113.9:53
   33995.8 4668 . send s3 fam2 proto17 ret=-101 flags=0x0
   34108.1 4668 . route table=255 err=-113 proto=17 :::39673 -> 2001:db8::3:53
   34108.5 4668 . route table=254 err=-113 proto=17 :::39673 -> 2001:db8::3:53
   34109.3 4668 . route table=255 err=-113 proto=17 ::1:39673 -> 2001:db8::3:53
   34109.6 4668 . route table=254 err=-113 proto=17 ::1:39673 -> 2001:db8::3:53
   34110.2 4668 . send s4 fam10 proto17 ret=-101 flags=0x0`);
    expect(told.map(brief)).toEqual([
      'attempt outbound udp 0.0.0.0:36770 -> 203.0.113.9:53 0/0',
      'attempt outbound udp :::39673 -> 2001:db8::3:53 0/0',
    ]);
    expect(told.map(({ error, socket }) => [error, socket])).toEqual([
      [-101, 3],
      [-101, 4],
    ]);
  });

  it('is the way of a datagram to a multicast group, which goes out by the interface of the socket', () => {
    const told = flowsOf(`
       0.0 4668 . route table=254 err=-11 proto=17 0.0.0.0:36770 -> 239.255.255.250:1900
       4.1 4668 . send s3 fam2 proto17 ret=9 flags=0x0
 2000004.3 4668 . route table=254 err=-11 proto=17 0.0.0.0:36770 -> 239.255.255.250:1900
 2000009.1 4668 . send s3 fam2 proto17 ret=7 flags=0x0`);
    expect(told.map(brief)).toEqual([
      'send outbound udp 0.0.0.0:36770 -> 239.255.255.250:1900 9/0',
      'send outbound udp 0.0.0.0:36770 -> 239.255.255.250:1900 7/0',
    ]);
  });

  it('is an attempt of its own beside a datagram to somebody else that was sent', () => {
    const told = flowsOf(`
       0.0 4668 . route table=254 err=-11 proto=17 0.0.0.0:36770 -> 203.0.113.9:53
       4.1 4668 . send s3 fam2 proto17 ret=9 flags=0x0`);
    expect(told.map(brief)).toEqual([
      'attempt outbound udp 0.0.0.0:36770 -> 203.0.113.9:53 0/0 0us',
      'send outbound udp ? -> ? 9/0',
    ]);
  });

  it('is one with the MPTCP socket that it was for', () => {
    const told = flowsOf(`
       0.0 4668 . state s1 CLOSE->SYN_SENT fam2 proto262 0.0.0.0:0 -> 0.0.0.0:0
     675.1 4668 . route table=254 err=-11 proto=6 0.0.0.0:0 -> 203.0.113.7:443
     678.0 4668 . state s1 SYN_SENT->CLOSE fam2 proto262 0.0.0.0:0 -> 0.0.0.0:0
     777.4 4668 . state s1 CLOSE->CLOSE fam2 proto262 0.0.0.0:0 -> 0.0.0.0:0`);
    expect(told.map(brief)).toEqual(['attempt outbound tcp ? -> 203.0.113.7:443 0/0 678us']);
  });

  it('waits for the next table, also over a take', () => {
    const flows = flowsIn();
    play(flows, '0.0 4668 . route table=255 err=-113 proto=6 :::0 -> fd00::77:443');
    expect(flows.take(us(1), false)).toEqual([]);
    expect(flows.isWaiting).toBe(true);
    play(
      flows,
      `
       4.3 4668 . route table=254 err=0 proto=6 :::0 -> fd00::77:443
      15.0 4668 . state s1 CLOSE->SYN_SENT fam10 proto6 fd00::2:0 -> fd00::77:443
  300714.3 4668 . state s1 SYN_SENT->CLOSE fam10 proto6 fd00::2:38864 -> fd00::77:443`,
    );
    expect(flows.take(us(300800), false).map(brief)).toEqual([
      'attempt outbound tcp fd00::2:38864 -> fd00::77:443 0/0 300699us',
    ]);
  });

  it('is told at the next take where nothing follows', () => {
    const flows = flowsIn();
    play(flows, '0.0 4668 . route table=254 err=-11 proto=6 0.0.0.0:0 -> 203.0.113.7:443');
    expect(flows.take(us(1e6), false)).toHaveLength(1);
    expect(flows.take(us(2e6), true)).toEqual([]);
  });

  it('is told when its thread ends', () => {
    const flows = flowsIn();
    play(
      flows,
      `
      0.0 4668 . route table=254 err=-11 proto=6 0.0.0.0:0 -> 203.0.113.7:443
      1.0 4668 . exit`,
    );
    expect(flows.take(us(2), false)).toHaveLength(1);
  });
});

describe('a look-up that is no attempt', () => {
  it.each([
    ['a way was found', '. route table=254 err=0 proto=17 0.0.0.0:58261 -> 10.255.255.53:53'],
    ['of an address of our own, at bind(2)', '. route table=255 err=-11 proto=0 0.0.0.0:0 -> 203.0.113.9:0'],
    ['in an interrupt', 's route table=254 err=-11 proto=6 127.0.0.1:1 -> 203.0.113.9:35094'],
  ])('%s', (_, route) => {
    expect(flowsOf(`0.0 ${TID} ${route}`)).toEqual([]);
  });

  it('somebody else asked', () => {
    expect(flowsOf(`0.0 ${OTHER} . route table=254 err=-11 proto=6 0.0.0.0:0 -> 203.0.113.7:443`)).toEqual(
      [],
    );
  });

  it('the second of three tables knows the way, as under rules of the user', () => {
    expect(
      flowsOf(`
      0.0 4668 . route table=255 err=-11 proto=17 0.0.0.0:4000 -> 203.0.113.7:443
      0.5 4668 . route table=100 err=-11 proto=17 0.0.0.0:4000 -> 203.0.113.7:443
      1.0 4668 . route table=254 err=0 proto=17 0.0.0.0:4000 -> 203.0.113.7:443`),
    ).toEqual([]);
  });
});
