import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInetDiag } from '../../../../src/core/parse/inet-diag.ts';
import { netlinkErrno, parseNetlink } from '../../../../src/core/parse/netlink.ts';
import { recorded } from '../../../support/proc-folder.ts';

const messages = (file: string) => parseNetlink(recorded(file)).map(({ payload }) => payload);

/** Writes into the tcp_info of a recorded answer. */
function withInfo(change: (info: DataView) => void, state = 1): Uint8Array {
  const payload = Uint8Array.from(
    messages('inet-diag-tcp-v4.bin').find((one) => parseInetDiag(one, 'tcp')?.traffic) as Uint8Array,
  );
  payload[1] = state;
  const view = new DataView(payload.buffer);
  let at = 72;
  while (view.getUint16(at + 2, true) !== 2) at += (view.getUint16(at, true) + 3) & ~3;
  change(new DataView(payload.buffer, at + 4));
  return payload;
}

describe('parseInetDiag', () => {
  it('agrees with the tables of /proc that were recorded beside it', () => {
    const v4 = messages('inet-diag-tcp-v4.bin').map((payload) => parseInetDiag(payload, 'tcp'));
    expect(v4).toContainEqual({
      protocol: 'tcp',
      state: 10,
      local: { ip: '127.0.0.1', port: 0xc661 },
      remote: { ip: '0.0.0.0', port: 0 },
      inode: 125850,
      traffic: null,
    });
    expect(v4).toContainEqual(
      expect.objectContaining({
        state: 1,
        inode: 125851,
        local: { ip: '127.0.0.1', port: 0xda22 },
        remote: { ip: '127.0.0.1', port: 0xc661 },
        traffic: expect.objectContaining({ sentBytes: 0, receivedBytes: 0 }),
      }),
    );
    const v6 = messages('inet-diag-tcp-v6.bin').map((payload) => parseInetDiag(payload, 'tcp')?.local.ip);
    expect(v6).toEqual(expect.arrayContaining(['::', '::1', '127.0.0.1']));
  });

  it('tells what the kernel sends by itself, and when it next would', () => {
    const segments = (timer: number, state = 1) => {
      const payload = withInfo((info) => {
        info.setUint32(136, 20, true);
        info.setUint32(152, 3, true);
        info.setUint32(156, 4, true);
        info.setUint32(56, 1200, true);
        info.setUint8(3, 2);
      }, state);
      payload[2] = timer;
      new DataView(payload.buffer).setUint32(52, 2192, true);
      return parseInetDiag(payload, 'tcp')?.traffic?.segments;
    };
    const known = { sent: 20, withData: 7, sinceAcknowledgedMs: 1200, unanswered: 2 };
    expect(segments(2)).toEqual({ ...known, keepaliveInMs: 2192 });
    expect(segments(2, 8)?.keepaliveInMs).toBe(2192);
    // Another timer; the same one, of a connection that waits for its end.
    expect(segments(1)).toEqual({ ...known, keepaliveInMs: null });
    expect(segments(2, 5)?.keepaliveInMs).toBeNull();
  });

  it('counts each byte once, waiting ones too, and not the peer’s FIN', () => {
    const traffic = (state: number) =>
      parseInetDiag(
        withInfo((info) => {
          info.setBigUint64(200, 1000n, true);
          info.setBigUint64(208, 100n, true);
          info.setUint32(144, 7, true);
          info.setBigUint64(128, 2n ** 33n, true);
          info.setUint32(44, 250, true);
        }, state),
        'tcp',
      )?.traffic;
    expect(traffic(1)).toMatchObject({ sentBytes: 907, receivedBytes: 2 ** 33, sinceSentMs: 250 });
    expect(traffic(8)).toMatchObject({ receivedBytes: 2 ** 33 - 1 });
  });

  it('does not know the bytes where the kernel does not tell them', () => {
    const payload = withInfo(() => {});
    expect(parseInetDiag(payload.subarray(0, 72), 'tcp')).toMatchObject({ traffic: null });
    expect(parseInetDiag(payload, 'udp')).toMatchObject({ traffic: null });
    expect(parseInetDiag(payload.subarray(0, 71), 'tcp')).toBeNull();
  });

  it('takes any bytes without throwing or telling NaN', () => {
    const bytes = fc.uint8Array({ maxLength: 400 });
    fc.assert(
      fc.property(bytes, fc.constantFrom(2, 10), (payload, family) => {
        payload[0] = family;
        const record = parseInetDiag(payload, 'tcp');
        for (const value of [record?.inode, ...Object.values(record?.traffic ?? {})])
          expect(value).not.toBeNaN();
      }),
    );
    fc.assert(
      fc.property(bytes, (datagram) => {
        for (const { payload } of parseNetlink(datagram)) expect(netlinkErrno(payload)).not.toBeNaN();
      }),
    );
  });
});

describe('parseNetlink', () => {
  it('tells an interrupted dump and the error number', () => {
    const datagram = new Uint8Array(20);
    const view = new DataView(datagram.buffer);
    view.setUint32(0, 20, true);
    view.setUint16(4, 2, true);
    view.setUint16(6, 0x10, true);
    view.setInt32(16, -2, true);
    const [message] = parseNetlink(datagram);
    expect(message).toMatchObject({ type: 2, interrupted: true });
    expect(netlinkErrno(message?.payload ?? new Uint8Array())).toBe(2);
  });
});
