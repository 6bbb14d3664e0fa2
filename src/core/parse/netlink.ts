export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;
const NLM_F_DUMP_INTR = 0x10;
const HEADER_BYTES = 16;

export interface NetlinkMessage {
  type: number;
  /** The table changed while it was dumped: rows can be missing. */
  interrupted: boolean;
  payload: Uint8Array;
}

/**
 * Splits one datagram into its netlink messages; see netlink(7). Little-endian. What follows a header with an
 * impossible length is left out.
 */
export function parseNetlink(datagram: Uint8Array): NetlinkMessage[] {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const messages: NetlinkMessage[] = [];
  let at = 0;
  while (at + HEADER_BYTES <= datagram.length) {
    const length = view.getUint32(at, true);
    if (length < HEADER_BYTES || at + length > datagram.length) break;
    messages.push({
      type: view.getUint16(at + 4, true),
      interrupted: (view.getUint16(at + 6, true) & NLM_F_DUMP_INTR) !== 0,
      payload: datagram.subarray(at + HEADER_BYTES, at + length),
    });
    at += (length + 3) & ~3;
  }
  return messages;
}

/** The error of an NLMSG_ERROR (or of an NLMSG_DONE that ends a failed dump): a positive errno, 0 for none. */
export function netlinkErrno(payload: Uint8Array): number {
  if (payload.length < 4) return 0;
  return -new DataView(payload.buffer, payload.byteOffset, payload.byteLength).getInt32(0, true) + 0;
}
