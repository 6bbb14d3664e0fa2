import { describe, expect, it } from 'vitest';
import { brief, flowsIn, flowsOf, OTHER, play, TID, us } from './recorded.ts';

/** A client and a server in one thread: five bytes there, four back, closed by the client. */
const ROUND_TRIP = `
   0.0 4668 . route table=255 err=0 proto=0 0.0.0.0:0 -> 127.0.0.1:0
  11.3 4668 . state s1 CLOSE->LISTEN fam2 proto6 127.0.0.1:50479 -> 0.0.0.0:0
  35.3 4668 . route table=254 err=0 proto=6 0.0.0.0:0 -> 127.0.0.1:50479
  39.0 4668 . route table=254 err=0 proto=6 127.0.0.1:0 -> 127.0.0.1:50479
  41.0 4668 . state s2 CLOSE->SYN_SENT fam2 proto6 127.0.0.1:0 -> 127.0.0.1:50479
  44.7 4668 . route table=254 err=0 proto=6 127.0.0.1:51476 -> 127.0.0.1:50479
  73.5 4668 s route table=254 err=0 proto=6 127.0.0.1:50479 -> 127.0.0.1:51476
  91.3 4668 . state s2 SYN_SENT->ESTABLISHED fam2 proto6 127.0.0.1:51476 -> 127.0.0.1:50479
  99.2 4668 s state s3 LISTEN->SYN_RECV fam2 proto6 127.0.0.1:50479 -> 127.0.0.1:51476
 105.1 4668 s state s3 SYN_RECV->ESTABLISHED fam2 proto6 127.0.0.1:50479 -> 127.0.0.1:51476
 151.0 4668 . send s2 fam2 proto6 ret=5 flags=0x0
 158.1 4668 . addr s3 127.0.0.1:50479 -> 127.0.0.1:51476
 160.5 4668 . recv s3 fam2 proto6 ret=5 flags=0x0
 168.3 4668 . send s3 fam2 proto6 ret=4 flags=0x0
 169.5 4668 . addr s2 127.0.0.1:51476 -> 127.0.0.1:50479
 170.3 4668 . recv s2 fam2 proto6 ret=4 flags=0x0
 175.5 4668 . state s2 ESTABLISHED->FIN_WAIT1 fam2 proto6 127.0.0.1:51476 -> 127.0.0.1:50479
 178.3 4668 s state s3 ESTABLISHED->CLOSE_WAIT fam2 proto6 127.0.0.1:50479 -> 127.0.0.1:51476
 188.5 4668 . recv s3 fam2 proto6 ret=0 flags=0x0
 190.1 4668 . state s3 CLOSE_WAIT->LAST_ACK fam2 proto6 127.0.0.1:50479 -> 127.0.0.1:51476
 193.4 4668 s state s2 FIN_WAIT1->FIN_WAIT2 fam2 proto6 127.0.0.1:51476 -> 127.0.0.1:50479
 197.5 4668 s state s2 FIN_WAIT2->CLOSE fam2 proto6 127.0.0.1:51476 -> 127.0.0.1:50479
 207.2 4668 . state s3 LAST_ACK->CLOSE fam2 proto6 127.0.0.1:50479 -> 127.0.0.1:51476
 212.7 4668 . state s1 LISTEN->CLOSE fam2 proto6 127.0.0.1:50479 -> 0.0.0.0:0`;

/** As a client of somebody else's server sees it, whose answers come while nobody runs. */
const OPENING = `
   0.0 4668 . state s1 CLOSE->SYN_SENT fam2 proto6 192.0.2.2:0 -> 192.0.2.78:443`;

/** The flow of that opening, as far as binding needs it. */
const OPENED = { socket: 1, atNs: us(0) };

describe('a connection that is opened in the window', () => {
  it('is one flow, whatever is sent on it, with both ends, bytes and life', () => {
    const [listen, connect, accept, ...others] = flowsOf(ROUND_TRIP);
    expect(brief(listen!)).toBe('listen inbound tcp 127.0.0.1:50479 -> ? 0/0');
    expect(brief(connect!)).toBe('connect outbound tcp 127.0.0.1:51476 -> 127.0.0.1:50479 5/4 135us');
    expect(brief(accept!)).toBe('accept inbound tcp 127.0.0.1:50479 -> 127.0.0.1:51476 4/5 91us');
    expect(others).toEqual([]);
    expect([connect?.tid, accept?.tid]).toEqual([TID, TID]);
  });

  it('is held back until it ends', () => {
    const flows = flowsIn();
    const [opening, ...rest] = ROUND_TRIP.trim().split(/(?=\n 175\.5)/);
    play(flows, opening!);
    expect(flows.take(us(1000), false).map(({ op }) => op)).toEqual(['listen']);
    expect(flows.isWaiting).toBe(true);
    play(flows, rest.join(''));
    expect(flows.take(us(2000), false)).toHaveLength(2);
    expect(flows.isWaiting).toBe(false);
    expect(flows.take(us(1e9), true)).toEqual([]);
  });

  it('is told after 5 s or at a flush, and later traffic on it apart, once a take', () => {
    const flows = flowsIn();
    play(
      flows,
      `${OPENING}
      9.0 4668 . send s1 fam2 proto6 ret=5 flags=0x0`,
    );
    expect(flows.take(us(5e6), false)).toEqual([]);
    expect(flows.take(us(5e6 + 1), false).map(brief)).toEqual([
      'connect outbound tcp ? -> 192.0.2.78:443 5/0',
    ]);
    play(
      flows,
      `
      6000000 4668 . send s1 fam2 proto6 ret=7 flags=0x0
      6000100 4668 . send s1 fam2 proto6 ret=1 flags=0x0
      6000200 4668 . addr s1 192.0.2.2:33896 -> 192.0.2.78:443
      6000201 4668 . recv s1 fam2 proto6 ret=100 flags=0x40`,
    );
    expect(flows.take(us(7e6), false).map(brief)).toEqual([
      'send outbound tcp 192.0.2.2:33896 -> 192.0.2.78:443 8/0',
      'receive outbound tcp 192.0.2.2:33896 -> 192.0.2.78:443 0/100',
    ]);
    play(
      flows,
      '8000000 4668 . state s1 ESTABLISHED->FIN_WAIT1 fam2 proto6 192.0.2.2:33896 -> 192.0.2.78:443',
    );
    expect(flows.take(us(9e6), true)).toEqual([]);
  });

  it('is apart from what is sent on it a second later, also before it is told', () => {
    const told = flowsOf(`${OPENING}
          9.0 4668 . send s1 fam2 proto6 ret=5 flags=0x0
    1005000.0 4668 . send s1 fam2 proto6 ret=6 flags=0x0
    2010000.0 4668 . send s1 fam2 proto6 ret=7 flags=0x0
    2010100.0 4668 . send s1 fam2 proto6 ret=8 flags=0x0
    3000000.0 4668 . state s1 ESTABLISHED->FIN_WAIT1 fam2 proto6 192.0.2.2:33896 -> 192.0.2.78:443`);
    expect(told.map(brief)).toEqual([
      'connect outbound tcp 192.0.2.2:33896 -> 192.0.2.78:443 5/0 3000000us',
      'send outbound tcp ? -> 192.0.2.78:443 6/0',
      'send outbound tcp 192.0.2.2:33896 -> 192.0.2.78:443 15/0',
    ]);
  });

  it('can be asked for while it is held back', () => {
    const flows = flowsIn();
    play(flows, OPENING);
    expect(flows.openings.map(({ op }) => op)).toEqual(['connect']);
    flows.take(us(6e6), false);
    expect(flows.openings).toEqual([]);
  });

  it.each([
    ['nobody has answered', { isUnanswered: true }, 'attempt'],
    ['somebody has answered', { isUnanswered: false }, 'connect'],
  ])('learns its port from the tables, and that %s', (_, shown, op) => {
    const flows = flowsIn();
    play(flows, OPENING);
    const ends = { local: { ip: '192.0.2.2', port: 40001 }, remote: { ip: '192.0.2.78', port: 443 } };
    const known = { protocol: 'tcp', direction: 'outbound', ...ends, ...shown } as const;
    expect(flows.fresh([known])).toEqual([known]);
    flows.bind(OPENED, known);
    expect(flows.fresh([known])).toEqual([]);
    expect(flows.take(us(6e6), false).map(brief)).toEqual([
      `${op} outbound tcp 192.0.2.2:40001 -> 192.0.2.78:443 0/0`,
    ]);
  });

  it('is no attempt where somebody answered later', () => {
    const flows = flowsIn();
    play(flows, OPENING);
    const ends = { local: { ip: '192.0.2.2', port: 40001 }, remote: { ip: '192.0.2.78', port: 443 } };
    for (const isUnanswered of [true, false])
      flows.bind(OPENED, { protocol: 'tcp', direction: 'outbound', ...ends, isUnanswered });
    expect(flows.take(us(6e6), false).map(({ op }) => op)).toEqual(['connect']);
  });

  it('is not one that was there before the trace', () => {
    const flows = flowsIn();
    const ends = { local: { ip: '192.0.2.2', port: 40001 }, remote: { ip: '192.0.2.78', port: 443 } };
    const older = { protocol: 'tcp', direction: 'outbound', ...ends } as const;
    flows.start([older]);
    play(flows, OPENING);
    expect(flows.fresh([older])).toEqual([]);
  });

  it('has the port that it got, where its socket had another one before it was disconnected', () => {
    const told = flowsOf(`
     0.0 4668 . state s2 CLOSE->SYN_SENT fam2 proto6 127.0.0.1:0 -> 127.0.0.1:45819
    48.0 4668 . state s2 SYN_SENT->ESTABLISHED fam2 proto6 127.0.0.1:59578 -> 127.0.0.1:45819
    90.0 4668 . send s2 fam2 proto6 ret=1 flags=0x0
   156.0 4668 . state s2 ESTABLISHED->CLOSE fam2 proto6 127.0.0.1:59578 -> 127.0.0.1:45819
   169.0 4668 . state s2 CLOSE->SYN_SENT fam2 proto6 127.0.0.1:59578 -> 127.0.0.1:45819
   177.0 4668 . state s2 SYN_SENT->ESTABLISHED fam2 proto6 127.0.0.1:59580 -> 127.0.0.1:45819
   191.0 4668 . state s2 ESTABLISHED->FIN_WAIT1 fam2 proto6 127.0.0.1:59580 -> 127.0.0.1:45819`);
    expect(told.map(brief)).toEqual([
      'connect outbound tcp 127.0.0.1:59578 -> 127.0.0.1:45819 1/0 156us',
      'connect outbound tcp 127.0.0.1:59580 -> 127.0.0.1:45819 0/0 22us',
    ]);
  });

  it('has an unknown end where the peer reset it while nobody ran', () => {
    const told = flowsOf(`
     52356.8 4668 . state s2 CLOSE->SYN_SENT fam2 proto6 127.0.0.1:0 -> 127.0.0.1:7779
     52517.6 4668 . state s2 SYN_SENT->ESTABLISHED fam2 proto6 127.0.0.1:33440 -> 127.0.0.1:7779
     52521.6 4668 s state s3 LISTEN->SYN_RECV fam2 proto6 127.0.0.1:7779 -> 127.0.0.1:33440
    102710.4 4668 . recv s2 fam2 proto6 ret=-104 flags=0x0
    102863.9 4668 . send s2 fam2 proto6 ret=-32 flags=0x0
    102982.0 4668 . state s2 CLOSE->SYN_SENT fam2 proto6 127.0.0.1:0 -> 127.0.0.1:7777
    103035.2 4668 . state s2 SYN_SENT->ESTABLISHED fam2 proto6 127.0.0.1:33992 -> 127.0.0.1:7777
    103093.3 4668 . send s2 fam2 proto6 ret=4 flags=0x0
    153326.9 4668 . exit
    154436.5 4668 . state s2 ESTABLISHED->CLOSE fam2 proto6 127.0.0.1:33992 -> 127.0.0.1:7777`);
    expect(told.map(brief)).toEqual([
      'connect outbound tcp 127.0.0.1:33440 -> 127.0.0.1:7779 0/0',
      'attempt outbound tcp 127.0.0.1:33440 -> 127.0.0.1:7779 0/0',
      'connect outbound tcp 127.0.0.1:33992 -> 127.0.0.1:7777 4/0 51455us',
    ]);
    expect(told[1]?.error).toBe(-32);
  });

  it('goes on to receive when only our half was closed', () => {
    const told = flowsOf(
      `
    21189.4 4668 . state s5 CLOSE->SYN_SENT fam2 proto6 127.0.0.1:0 -> 127.0.0.1:35007
    21237.5 4668 . state s5 SYN_SENT->ESTABLISHED fam2 proto6 127.0.0.1:47578 -> 127.0.0.1:35007
    21319.7 4668 . send s5 fam2 proto6 ret=7 flags=0x0
    21395.6 4668 . state s5 ESTABLISHED->FIN_WAIT1 fam2 proto6 127.0.0.1:47578 -> 127.0.0.1:35007
    21406.8 4668 s state s5 FIN_WAIT1->FIN_WAIT2 fam2 proto6 127.0.0.1:47578 -> 127.0.0.1:35007
    21413.1 4668 . addr s5 127.0.0.1:47578 -> 127.0.0.1:35007
    21414.0 4668 . recv s5 fam2 proto6 ret=5 flags=0x0
    21422.6 4668 . state s5 FIN_WAIT2->FIN_WAIT2 fam2 proto6 127.0.0.1:47578 -> 127.0.0.1:35007
    21426.6 4668 . state s5 FIN_WAIT2->CLOSE fam2 proto6 127.0.0.1:47578 -> 127.0.0.1:35007`,
    );
    expect(told.map(brief)).toEqual(['connect outbound tcp 127.0.0.1:47578 -> 127.0.0.1:35007 7/5 225us']);
  });

  it('does not know its bytes where they were read by splice', () => {
    const told = flowsOf(`
    10436.7 4668 . state s4 CLOSE->SYN_SENT fam2 proto6 127.0.0.1:0 -> 127.0.0.1:35007
    10496.6 4668 . state s4 SYN_SENT->ESTABLISHED fam2 proto6 127.0.0.1:47570 -> 127.0.0.1:35007
    10702.2 4668 . send s4 fam2 proto6 ret=500 flags=0x0
    10737.2 4668 . addr s4 127.0.0.1:47570 -> 127.0.0.1:35007
    10775.0 4668 . state s4 ESTABLISHED->FIN_WAIT1 fam2 proto6 127.0.0.1:47570 -> 127.0.0.1:35007`);
    expect(told.map(brief)).toEqual(['connect outbound tcp 127.0.0.1:47570 -> 127.0.0.1:35007 500/? 338us']);
  });

  it('counts what is only peeked at once', () => {
    const [, accept] = flowsOf(
      `
    21189.4 4668 . state s5 CLOSE->SYN_SENT fam2 proto6 127.0.0.1:0 -> 127.0.0.1:35007
    21245.7 4668 s state s4 LISTEN->SYN_RECV fam2 proto6 127.0.0.1:35007 -> 127.0.0.1:47578
    21252.5 4668 s state s4 SYN_RECV->ESTABLISHED fam2 proto6 127.0.0.1:35007 -> 127.0.0.1:47578
    21326.1 4668 . addr s4 127.0.0.1:35007 -> 127.0.0.1:47578
    21328.0 4668 . recv s4 fam2 proto6 ret=3 flags=0x0
    21331.8 4668 . addr s4 127.0.0.1:35007 -> 127.0.0.1:47578
    21332.5 4668 . recv s4 fam2 proto6 ret=4 flags=0x2
    21334.8 4668 . addr s4 127.0.0.1:35007 -> 127.0.0.1:47578
    21335.9 4668 . recv s4 fam2 proto6 ret=4 flags=0x40
    21337.3 4668 . recv s4 fam2 proto6 ret=-11 flags=0x40`,
      { listening: [35007] },
    );
    expect(accept?.bytesReceived).toBe(7);
  });
});

describe('a connection that does not come to be', () => {
  it('is an attempt when it is refused', () => {
    const told = flowsOf(`
     263.0 4668 . state s3 CLOSE->SYN_SENT fam2 proto6 127.0.0.1:0 -> 127.0.0.1:1
     264.9 4668 . route table=254 err=0 proto=6 127.0.0.1:59664 -> 127.0.0.1:1
     270.5 4668 s route table=254 err=0 proto=6 127.0.0.1:1 -> 127.0.0.1:59664
     279.1 4668 . state s3 SYN_SENT->CLOSE fam2 proto6 127.0.0.1:59664 -> 127.0.0.1:1`);
    expect(told.map(brief)).toEqual(['attempt outbound tcp 127.0.0.1:59664 -> 127.0.0.1:1 0/0 16us']);
  });

  it('is an attempt when it is refused in an interrupt', () => {
    const told = flowsOf(`
     263.0 4668 . state s3 CLOSE->SYN_SENT fam2 proto6 127.0.0.1:0 -> 127.0.0.1:1
     279.1 77 s state s3 SYN_SENT->CLOSE fam2 proto6 127.0.0.1:59664 -> 127.0.0.1:1`);
    expect(told.map(brief)).toEqual(['attempt outbound tcp 127.0.0.1:59664 -> 127.0.0.1:1 0/0 16us']);
    expect(told[0]?.tid).toBe(TID);
  });

  it('is an attempt when nothing is heard of it before its address in the kernel is given away', () => {
    // The kernel found no neighbour after 3 s, while nobody ran.
    const told = flowsOf(`${OPENING}
    3061665.0 4668 . state s1 CLOSE->SYN_SENT fam2 proto6 127.0.0.1:0 -> 127.0.0.1:1
    3061695.0 4668 . state s1 SYN_SENT->CLOSE fam2 proto6 127.0.0.1:60360 -> 127.0.0.1:1`);
    expect(told.map(brief)).toEqual([
      'attempt outbound tcp ? -> 192.0.2.78:443 0/0',
      'attempt outbound tcp 127.0.0.1:60360 -> 127.0.0.1:1 0/0 30us',
    ]);
  });

  it('is one attempt when the program then tries to use it', () => {
    const [told, ...others] = flowsOf(`${OPENING}
    3061665.0 4668 . send s1 fam2 proto6 ret=-113 flags=0x0
    3061670.0 4668 . send s1 fam2 proto6 ret=-32 flags=0x0`);
    expect(brief(told!)).toBe('attempt outbound tcp ? -> 192.0.2.78:443 0/0 3061665us');
    expect(told?.error).toBe(-113);
    expect(others).toEqual([]);
  });

  it('is told once, also where it was told as opened before it failed', () => {
    const flows = flowsIn();
    play(flows, OPENING);
    expect(flows.take(us(6e6), false).map(({ op }) => op)).toEqual(['connect']);
    play(flows, '7000000 4668 . state s1 SYN_SENT->CLOSE fam2 proto6 192.0.2.2:33896 -> 192.0.2.78:443');
    expect(flows.take(us(8e6), true)).toEqual([]);
  });

  it('says nothing of a send that would have to wait', () => {
    const told = flowsOf(`${OPENING}
    100.0 4668 . send s1 fam2 proto6 ret=-11 flags=0x40`);
    expect(told.map(({ op }) => op)).toEqual(['connect']);
  });
});

describe('MPTCP', () => {
  it('is one connection, whatever carries it', () => {
    const told = flowsOf(`
 2173951.8 4668 . state s12 CLOSE->LISTEN fam2 proto262 127.0.0.1:34675 -> 0.0.0.0:0
 2173952.7 4668 . state s13 CLOSE->LISTEN fam2 proto6 127.0.0.1:34675 -> 0.0.0.0:0
 2173954.8 4668 . state s12 LISTEN->LISTEN fam2 proto262 127.0.0.1:34675 -> 0.0.0.0:0
 2173975.6 4668 . state s14 CLOSE->SYN_SENT fam2 proto262 0.0.0.0:0 -> 0.0.0.0:0
 2174011.0 4668 . route table=254 err=0 proto=6 0.0.0.0:0 -> 127.0.0.1:34675
 2174017.2 4668 . state s15 CLOSE->SYN_SENT fam2 proto6 127.0.0.1:0 -> 127.0.0.1:34675
 2174792.0 4668 . state s15 SYN_SENT->ESTABLISHED fam2 proto6 127.0.0.1:59982 -> 127.0.0.1:34675
 2174802.9 4668 s state s16 LISTEN->SYN_RECV fam2 proto6 127.0.0.1:34675 -> 127.0.0.1:59982
 2174807.9 4668 s state s17 LISTEN->ESTABLISHED fam2 proto262 127.0.0.1:34675 -> 0.0.0.0:0
 2174811.6 4668 s state s16 SYN_RECV->ESTABLISHED fam2 proto6 127.0.0.1:34675 -> 127.0.0.1:59982
 2174816.2 4668 . state s14 SYN_SENT->ESTABLISHED fam2 proto262 127.0.0.1:59982 -> 127.0.0.1:34675
 2174869.3 4668 . send s14 fam2 proto262 ret=2 flags=0x0
 2174876.3 4668 . recv s17 fam2 proto262 ret=2 flags=0x0
 2174885.6 4668 . send s17 fam2 proto262 ret=6 flags=0x0
 2174886.8 4668 . recv s14 fam2 proto262 ret=6 flags=0x0
 2174892.0 4668 . state s14 ESTABLISHED->FIN_WAIT1 fam2 proto262 127.0.0.1:59982 -> 127.0.0.1:34675
 2174922.6 4668 . recv s17 fam2 proto262 ret=0 flags=0x0
 2174924.3 4668 . state s17 CLOSE_WAIT->LAST_ACK fam2 proto262 127.0.0.1:34675 -> 127.0.0.1:59982
 2174930.6 4668 . state s13 LISTEN->CLOSE fam2 proto6 127.0.0.1:34675 -> 0.0.0.0:0
 2174932.0 4668 . state s12 LISTEN->CLOSE fam2 proto262 127.0.0.1:34675 -> 0.0.0.0:0
 2174932.3 4668 . state s12 CLOSE->CLOSE fam2 proto262 127.0.0.1:34675 -> 0.0.0.0:0`);
    expect(told.map(brief)).toEqual([
      'listen inbound tcp 127.0.0.1:34675 -> ? 0/0',
      'connect outbound tcp 127.0.0.1:59982 -> 127.0.0.1:34675 2/6 916us',
      'accept inbound tcp 127.0.0.1:34675 -> 127.0.0.1:59982 6/2 121us',
    ]);
    expect(told.map(({ socket }) => socket)).toEqual([expect.anything(), 14, 17]);
  });

  it('is one attempt when it is refused', () => {
    const told = flowsOf(`
 2196297.5 4668 . state s12 CLOSE->SYN_SENT fam2 proto262 0.0.0.0:0 -> 0.0.0.0:0
 2196333.3 4668 . state s13 CLOSE->SYN_SENT fam2 proto6 127.0.0.1:0 -> 127.0.0.1:1
 2196370.5 4668 . state s13 SYN_SENT->CLOSE fam2 proto6 127.0.0.1:57252 -> 127.0.0.1:1
 2196376.7 4668 . state s12 SYN_SENT->CLOSE fam2 proto262 127.0.0.1:57252 -> 127.0.0.1:1
 2196378.3 4668 . state s12 CLOSE->CLOSE fam2 proto262 127.0.0.1:57252 -> 127.0.0.1:1`);
    expect(told.map(brief)).toEqual(['attempt outbound tcp 127.0.0.1:57252 -> 127.0.0.1:1 0/0 79us']);
  });
});

describe('what others do', () => {
  it('is no flow', () => {
    expect(flowsOf(ROUND_TRIP.replaceAll('4668', String(OTHER)))).toEqual([]);
  });
});
