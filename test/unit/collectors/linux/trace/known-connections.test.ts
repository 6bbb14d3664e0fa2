import { describe, expect, it } from 'vitest';
import { brief, flowsIn, flowsOf, play, us } from './recorded.ts';

describe('a connection that was there before', () => {
  const ends = { local: { ip: '10.0.0.1', port: 50000 }, remote: { ip: '10.0.0.9', port: 6379 } };

  it('is known by its first read', () => {
    const told = flowsOf(`
      10.0 4668 . send s9 fam2 proto6 ret=14 flags=0x0
      20.0 4668 . addr s9 10.0.0.1:50000 -> 10.0.0.9:6379
      20.5 4668 . recv s9 fam2 proto6 ret=7 flags=0x0`);
    expect(told.map(brief)).toEqual([
      'send outbound tcp 10.0.0.1:50000 -> 10.0.0.9:6379 14/0',
      'receive outbound tcp 10.0.0.1:50000 -> 10.0.0.9:6379 0/7',
    ]);
  });

  it('is without ends until the socket tables tell them', () => {
    const flows = flowsIn();
    play(flows, '10.0 4668 . send s9 fam2 proto6 ret=14 flags=0x0');
    const [first] = flows.take(us(20), false);
    expect(first).toMatchObject({ op: 'send', remote: null, socket: 9 });
    flows.bind({ socket: 9, atNs: us(0) }, { protocol: 'tcp', ...ends, direction: 'outbound' });
    play(flows, '30.0 4668 . send s9 fam2 proto6 ret=14 flags=0x0');
    expect(flows.take(us(40), false).map(brief)).toEqual([
      'send outbound tcp 10.0.0.1:50000 -> 10.0.0.9:6379 14/0',
    ]);
  });

  it('was not accepted now where the socket tables have shown it', () => {
    const flows = flowsIn({ listening: [50000] });
    flows.bind({ socket: 9, atNs: us(0) }, { protocol: 'tcp', ...ends, direction: 'inbound' });
    play(
      flows,
      `
      10.0 4668 . send s9 fam2 proto6 ret=140 flags=0x0
      20.0 4668 . addr s9 10.0.0.1:50000 -> 10.0.0.9:6379
      20.5 4668 . recv s9 fam2 proto6 ret=7 flags=0x0
      30.0 4668 . state s9 ESTABLISHED->FIN_WAIT1 fam2 proto6 10.0.0.1:50000 -> 10.0.0.9:6379`,
    );
    expect(flows.take(us(40), true).map(brief)).toEqual([
      'send outbound tcp 10.0.0.1:50000 -> 10.0.0.9:6379 140/0',
      'receive inbound tcp 10.0.0.1:50000 -> 10.0.0.9:6379 0/7',
    ]);
  });

  it('was not accepted now where it was open at the start', () => {
    const flows = flowsIn({ listening: [50000] });
    flows.start([{ protocol: 'tcp', ...ends, direction: 'inbound' }]);
    play(
      flows,
      `
      10.0 4668 . send s9 fam2 proto6 ret=140 flags=0x0
      20.0 4668 . addr s9 10.0.0.1:50000 -> 10.0.0.9:6379
      20.5 4668 . recv s9 fam2 proto6 ret=7 flags=0x0
      30.0 4668 . state s9 ESTABLISHED->FIN_WAIT1 fam2 proto6 10.0.0.1:50000 -> 10.0.0.9:6379
      40.0 4668 s state s8 LISTEN->SYN_RECV fam2 proto6 10.0.0.1:50000 -> 10.0.0.9:6379
      41.0 4668 . addr s8 10.0.0.1:50000 -> 10.0.0.9:6379`,
    );
    expect(flows.take(us(50), true).map(brief)).toEqual([
      'send outbound tcp 10.0.0.1:50000 -> 10.0.0.9:6379 140/0',
      'receive inbound tcp 10.0.0.1:50000 -> 10.0.0.9:6379 0/7',
      'accept inbound tcp 10.0.0.1:50000 -> 10.0.0.9:6379 0/?',
    ]);
  });

  it('is outbound in what is sent where nobody had asked when the trace began', () => {
    const flows = flowsIn({ listening: [50000] });
    flows.start([{ protocol: 'tcp', ...ends, direction: 'inbound' }]);
    play(
      flows,
      `
      10.0 4668 . send s9 fam2 proto6 ret=14 flags=0x0
      20.0 4668 . addr s9 10.0.0.1:50000 -> 10.0.0.9:6379
      20.5 4668 . recv s9 fam2 proto6 ret=7 flags=0x0
      30.0 4668 . send s9 fam2 proto6 ret=2 flags=0x0`,
    );
    expect(flows.take(us(50), true).map(brief)).toEqual([
      'send outbound tcp 10.0.0.1:50000 -> 10.0.0.9:6379 14/0',
      'receive inbound tcp 10.0.0.1:50000 -> 10.0.0.9:6379 0/7',
      'send inbound tcp 10.0.0.1:50000 -> 10.0.0.9:6379 2/0',
    ]);
  });

  it('is inbound in the last words before it is closed, where it was used before', () => {
    const flows = flowsIn({ listening: [50000] });
    flows.start([{ protocol: 'tcp', ...ends, direction: 'inbound' }]);
    play(
      flows,
      `
      10.0 4668 . addr s9 10.0.0.1:50000 -> 10.0.0.9:6379
      10.5 4668 . recv s9 fam2 proto6 ret=7 flags=0x0
      75000000.0 4668 . send s9 fam2 proto6 ret=24 flags=0x0
      75000010.0 4668 . send s9 fam2 proto6 ret=31 flags=0x0
      75000020.0 4668 . state s9 ESTABLISHED->FIN_WAIT1 fam2 proto6 10.0.0.1:50000 -> 10.0.0.9:6379`,
    );
    expect(flows.take(us(75_000_100), true).map(brief)).toContain(
      'send inbound tcp 10.0.0.1:50000 -> 10.0.0.9:6379 55/0',
    );
  });

  it('is told one beat apart where the look comes late', () => {
    const told = flowsOf(`
            0 4668 . send s9 fam2 proto6 ret=35 flags=0x0
      1004000 4668 . send s9 fam2 proto6 ret=36 flags=0x0
      1304000 4668 . send s9 fam2 proto6 ret=1 flags=0x0`);
    expect(told.map(({ bytesSent }) => bytesSent)).toEqual([35, 37]);
  });

  it('is offered as the ends of a socket until a record has told whose they are', () => {
    const flows = flowsIn();
    const known = { protocol: 'tcp', ...ends, direction: 'outbound' } as const;
    flows.start([known]);
    expect(flows.unbound([known])).toEqual([known]);
    play(flows, '20.0 4668 . addr s9 10.0.0.1:50000 -> 10.0.0.9:6379');
    expect(flows.unbound([known])).toEqual([]);
  });

  it('is outbound where the socket tables do not know that anything was received', () => {
    const flows = flowsIn({ listening: [50000] });
    flows.bind({ socket: 9, atNs: us(0) }, { protocol: 'tcp', ...ends, direction: 'inbound' });
    play(flows, '10.0 4668 . send s9 fam2 proto6 ret=14 flags=0x0');
    expect(flows.take(us(40), true)[0]?.direction).toBe('outbound');
  });

  it('is an attempt where a send on it fails', () => {
    const told = flowsOf(`
      10.0 4668 . send s9 fam2 proto6 ret=-32 flags=0x4000
      11.0 4668 . send s9 fam2 proto6 ret=-32 flags=0x4000`);
    expect(told.map(({ op, error }) => [op, error])).toEqual([['attempt', -32]]);
  });
});
