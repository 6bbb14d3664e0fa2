import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSsEvent } from '../../../../src/core/parse/ss-event.ts';

/** Recorded from ss of iproute2 6.1. */
const CLIENT =
  'tcp UNCONN 1      0      127.0.0.1:59290 127.0.0.1:5555 ino:0 sk:439a ts sack wscale:10,10 rto:204 rtt:0.028/0.017 ato:40 mss:32768 pmtu:65535 rcvmss:536 advmss:65483 cwnd:12 bytes_sent:2 bytes_acked:4 bytes_received:6 segs_out:6 segs_in:5 data_segs_out:1 data_segs_in:1 send 112347428571bps lastsnd:7 delivered:3 minrtt:0.007 snd_wnd:65536';
const REFUSED =
  'tcp UNCONN 0      1      203.0.113.9:40662 203.0.113.9:443 ino:0 sk:33d8 rto:1000 mss:524 pmtu:65535 rcvmss:88 advmss:65495 cwnd:10 segs_out:1 segs_in:1 lastsnd:12758868 lastrcv:12758868 app_limited rcv_ssthresh:65495';

describe('parseSsEvent', () => {
  it('reads a connection that has ended, without the FIN that counts as a byte', () => {
    expect(parseSsEvent(CLIENT)).toEqual({
      protocol: 'tcp',
      localPort: 59290,
      remote: { ip: '127.0.0.1', port: 5555 },
      wasOpen: true,
      ackedBytes: 4,
      sentBytes: 2,
      receivedBytes: 5,
      dataSegments: 1,
      sinceSentMs: 7,
    });
  });

  it('tells a refused call from a connection', () => {
    expect(parseSsEvent(REFUSED)).toMatchObject({ wasOpen: false, sentBytes: 0, sinceSentMs: null });
  });

  it.each([
    ['tcp UNCONN 0 3 0.0.0.0:34592 203.0.113.7:* ino:0 sk:1', { remote: { ip: '203.0.113.7', port: null } }],
    ['tcp UNCONN 0 3 *:53464 [2001:db8::1]:* ino:0', { remote: { ip: '2001:db8::1', port: null } }],
    [
      'tcp UNCONN 0 0 [::ffff:127.0.0.1]:5556 [::ffff:127.0.0.1]:60760 ino:0',
      { localPort: 5556, remote: { ip: '127.0.0.1', port: 60760 } },
    ],
    ['udp ESTAB 0 -1 [::1]:47064 [2001:db8::1]:53 ino:0 sk:33b4', { protocol: 'udp', sentBytes: null }],
    ['udp UNCONN 0 -1 0.0.0.0:50469 0.0.0.0:* ino:0', { localPort: 50469, remote: null }],
    ['tcp UNCONN 0 0 *:* *:* ino:0', { localPort: null, remote: null }],
    ['tcp UNCONN 0 0 127.0.0.1%lo:5555 0.0.0.0:*', { localPort: 5555, remote: null }],
  ])('reads %s', (line, expected) => {
    expect(parseSsEvent(line)).toMatchObject(expected);
  });

  it.each(['', 'Dump terminated', 'mptcp UNCONN 0 0 1.2.3.4:1 1.2.3.4:2', 'tcp UNCONN 0 0 a:b c:d'])(
    'leaves out %j',
    (line) => {
      expect(parseSsEvent(line)).toBeNull();
    },
  );

  it('never throws, and tells ports that exist', () => {
    const words = fc.constantFrom(
      'tcp',
      'udp',
      'UNCONN',
      '0',
      '-1',
      '*:*',
      '[::1]:80',
      '1.2.3.4:99999',
      'x:1',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string())), (parts) => {
        const socket = parseSsEvent(parts.join(' '));
        if (socket?.localPort != null) expect(Number.isSafeInteger(socket.localPort)).toBe(true);
      }),
    );
  });
});
