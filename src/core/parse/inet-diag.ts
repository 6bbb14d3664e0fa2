import { formatIp } from './ip-address.ts';
import {
  type SocketProtocol,
  type SocketRecord,
  TCP_STATE,
  type TcpSegments,
  type TcpTraffic,
} from './socket-record.ts';

const AF_INET = 2;
const AF_INET6 = 10;
const INET_DIAG_INFO = 2;

/** sizeof(struct inet_diag_msg); see sock_diag(7). */
const MESSAGE_BYTES = 72;
const TIMER = 2;
const EXPIRES = 52;
const INODE = 68;
/** idiag_timer, of an open connection; one that is being closed waits for its end by the same timer. */
const KEEPALIVE_TIMER = 2;
/** Offsets into struct tcp_info (linux/tcp.h): it only ever grows at its end. */
const INFO = {
  sinceSent: 44,
  sinceReceived: 52,
  probes: 3,
  sinceAcknowledged: 56,
  segmentsSent: 136,
  dataSegmentsReceived: 152,
  dataSegmentsSent: 156,
  acked: 120,
  received: 128,
  notSent: 144,
  sent: 200,
  retransmitted: 208,
};

/** States in which the peer's FIN has arrived, which bytes_received counts as one byte. */
const PEER_FINISHED: ReadonlySet<number> = new Set([
  TCP_STATE.timeWait,
  TCP_STATE.close,
  TCP_STATE.closeWait,
  TCP_STATE.lastAck,
  TCP_STATE.closing,
]);

/** Inode and state alone, to choose by before the rest is parsed. Null where the payload is too short. */
export function peekInetDiag(payload: Uint8Array): { inode: number; state: number } | null {
  if (payload.length < MESSAGE_BYTES) return null;
  const [a = 0, b = 0, c = 0, d = 0] = payload.subarray(INODE, INODE + 4);
  return { inode: a + b * 0x100 + c * 0x10000 + d * 0x1000000, state: payload[1] as number };
}

/**
 * Parses the payload of one SOCK_DIAG_BY_FAMILY answer (without its netlink header): a struct inet_diag_msg and its
 * attributes, in the machine's byte order (little-endian). Null where it is too short or of another family.
 */
export function parseInetDiag(payload: Uint8Array, protocol: SocketProtocol): SocketRecord | null {
  if (payload.length < MESSAGE_BYTES) return null;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  const family = view.getUint8(0);
  if (family !== AF_INET && family !== AF_INET6) return null;
  const addressBytes = family === AF_INET ? 4 : 16;
  const state = view.getUint8(1);
  const info = protocol === 'tcp' ? attribute(view, INET_DIAG_INFO) : null;
  return {
    protocol,
    state,
    local: { ip: formatIp(payload.subarray(8, 8 + addressBytes)), port: view.getUint16(4) },
    remote: { ip: formatIp(payload.subarray(24, 24 + addressBytes)), port: view.getUint16(6) },
    inode: view.getUint32(INODE, true),
    traffic:
      info === null || state === TCP_STATE.listen ? null : trafficOf(info, state, keepaliveInMs(view, state)),
  };
}

function attribute(view: DataView, wanted: number): DataView | null {
  let at = MESSAGE_BYTES;
  while (at + 4 <= view.byteLength) {
    const length = view.getUint16(at, true);
    if (length < 4 || at + length > view.byteLength) return null;
    if (view.getUint16(at + 2, true) === wanted) {
      return new DataView(view.buffer, view.byteOffset + at + 4, length - 4);
    }
    at += (length + 3) & ~3;
  }
  return null;
}

function keepaliveInMs(message: DataView, state: number): number | null {
  const isOpen = state === TCP_STATE.established || state === TCP_STATE.closeWait;
  return isOpen && message.getUint8(TIMER) === KEEPALIVE_TIMER ? message.getUint32(EXPIRES, true) : null;
}

/** Null on kernels before 4.2, whose tcp_info ends earlier. */
function trafficOf(info: DataView, state: number, keepalive: number | null): TcpTraffic | null {
  if (info.byteLength < INFO.received + 8) return null;
  const received = uint64(info, INFO.received);
  return {
    sentBytes: sentBytes(info),
    ...(hasSent(info) ? { waitingBytes: info.getUint32(INFO.notSent, true) } : {}),
    receivedBytes: PEER_FINISHED.has(state) ? Math.max(0, received - 1) : received,
    sinceSentMs: info.getUint32(INFO.sinceSent, true),
    sinceReceivedMs: info.getUint32(INFO.sinceReceived, true),
    ...(info.byteLength < INFO.dataSegmentsSent + 4 ? {} : { segments: segmentsOf(info, keepalive) }),
  };
}

function segmentsOf(info: DataView, keepalive: number | null): TcpSegments {
  return {
    sent: info.getUint32(INFO.segmentsSent, true),
    withData: info.getUint32(INFO.dataSegmentsSent, true) + info.getUint32(INFO.dataSegmentsReceived, true),
    sinceAcknowledgedMs: info.getUint32(INFO.sinceAcknowledged, true),
    unanswered: info.getUint8(INFO.probes),
    keepaliveInMs: keepalive,
  };
}

/**
 * What waits for a peer that does not read counts as sent: the process did its part. Before Linux 4.19 only what the
 * peer acknowledged is told, and that counts the SYN.
 */
function sentBytes(info: DataView): number {
  if (hasSent(info)) {
    const left = uint64(info, INFO.sent) - uint64(info, INFO.retransmitted);
    return Math.max(0, left + info.getUint32(INFO.notSent, true));
  }
  return Math.max(0, uint64(info, INFO.acked) - 1);
}

const hasSent = (info: DataView): boolean => info.byteLength >= INFO.retransmitted + 8;

function uint64(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
}
