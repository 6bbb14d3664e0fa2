import type { SocketAddress } from '../../../model/kernel-record.ts';
import { formatIp } from '../ip-address.ts';
import type { RecordHead } from './record-fields.ts';

export const AF_INET = 2;
export const AF_INET6 = 10;

/** sizeof(comm): a task's name, ended by a 0 byte. */
export const NAME_BYTES = 16;

const utf8 = new TextDecoder();

/** The low 48 bits of a pointer of 8 bytes, which tell one object in the kernel from another. */
export function pointer48(page: DataView, offset: number): number {
  return page.getUint16(offset + 4, true) * 2 ** 32 + page.getUint32(offset, true);
}

/** An address and port at two offsets of a page, 4 or 16 bytes long. */
export function socketAddress(page: DataView, ip: number, ipBytes: number, port: number): SocketAddress {
  return {
    ip: formatIp(new Uint8Array(page.buffer, page.byteOffset + ip, ipBytes)),
    // Trace events hold ports in the order of the host.
    port: page.getUint16(port, true),
  };
}

/** A text of at most `length` bytes, ended by a 0 byte where it is shorter. */
export function textAt(page: DataView, offset: number, length: number): string {
  let text = '';
  for (let at = offset; at < offset + length; at += 1) {
    const byte = page.getUint8(at);
    if (byte === 0) return text;
    if (byte > 0x7f) return decodeUtf8(page, offset, length);
    text += String.fromCharCode(byte);
  }
  return text;
}

function decodeUtf8(page: DataView, offset: number, length: number): string {
  const bytes = new Uint8Array(page.buffer, page.byteOffset + offset, length);
  const end = bytes.indexOf(0);
  return utf8.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** A text of variable length; null where it would be outside of its record. */
export function variableText(head: RecordHead, { at, from }: { at: number; from: number }): string | null {
  const place = head.page.getUint32(head.offset + at, true);
  const start = from + (place & 0xffff);
  const length = place >>> 16;
  return start + length > head.length ? null : textAt(head.page, head.offset + start, length);
}
