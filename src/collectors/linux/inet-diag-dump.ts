import { parseInetDiag, peekInetDiag } from '../../core/parse/inet-diag.ts';
import { NLMSG_DONE, NLMSG_ERROR, netlinkErrno, parseNetlink } from '../../core/parse/netlink.ts';
import { type SocketProtocol, type SocketRecord, TCP_STATE } from '../../core/parse/socket-record.ts';
import type { Netlink } from '../../os/netlink.ts';

const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST_DUMP = 0x1 | 0x300;
const IPPROTO = { tcp: 6, udp: 17 } as const;
/** INET_DIAG_INFO as a bit of idiag_ext. */
const WITH_INFO = 1 << 1;
/** Sockets that no process holds: they are many on a busy host, and say nothing here. */
const UNHELD = (1 << TCP_STATE.timeWait) | (1 << TCP_STATE.synReceived) | (1 << TCP_STATE.newSynReceived);
const REQUEST_BYTES = 72;
const ATTEMPTS = 3;

/** Tells which sockets are wanted: on a busy host they are few of many. */
export type SocketFilter = (socket: { inode: number; state: number }) => boolean;

/** The sockets changed again and again while they were told: some may have been left out (NLM_F_DUMP_INTR). */
export class DumpInterrupted extends Error {}

/**
 * The sockets of one family and protocol in the watchdog's own network namespace; see sock_diag(7).
 * @throws DumpInterrupted for a dump that never came to its end; another error when it is refused
 */
export function dumpSockets(
  netlink: Netlink,
  family: 2 | 10,
  protocol: SocketProtocol,
  isWanted: SocketFilter,
): SocketRecord[] {
  for (let attempt = 1; ; attempt += 1) {
    const { records, interrupted } = dumpOnce(
      netlink,
      request(family, protocol, attempt),
      protocol,
      isWanted,
    );
    if (!interrupted) return records;
    if (attempt === ATTEMPTS) throw new DumpInterrupted(`inet_diag: interrupted ${ATTEMPTS} times`);
  }
}

function dumpOnce(
  netlink: Netlink,
  asked: Uint8Array,
  protocol: SocketProtocol,
  isWanted: SocketFilter,
): { records: SocketRecord[]; interrupted: boolean } {
  netlink.send(asked);
  const records: SocketRecord[] = [];
  let interrupted = false;
  for (;;) {
    for (const message of parseNetlink(netlink.receive())) {
      interrupted ||= message.interrupted;
      if (message.type === NLMSG_DONE || message.type === NLMSG_ERROR) {
        const errno = netlinkErrno(message.payload);
        if (errno > 0) throw new Error(`inet_diag: error ${errno}`);
        return { records, interrupted };
      }
      const socket = peekInetDiag(message.payload);
      if (socket === null || !isWanted(socket)) continue;
      const record = parseInetDiag(message.payload, protocol);
      if (record !== null) records.push(record);
    }
  }
}

/** struct nlmsghdr and struct inet_diag_req_v2. */
function request(family: number, protocol: SocketProtocol, sequence: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(REQUEST_BYTES));
  view.setUint32(0, REQUEST_BYTES, true);
  view.setUint16(4, SOCK_DIAG_BY_FAMILY, true);
  view.setUint16(6, NLM_F_REQUEST_DUMP, true);
  view.setUint32(8, sequence, true);
  view.setUint8(16, family);
  view.setUint8(17, IPPROTO[protocol]);
  view.setUint8(18, protocol === 'tcp' ? WITH_INFO : 0);
  view.setUint32(20, (0xffffffff & ~UNHELD) >>> 0, true);
  return new Uint8Array(view.buffer);
}
