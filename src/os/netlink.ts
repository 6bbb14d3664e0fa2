import { loadNative } from './native.ts';

const AF_NETLINK = 16;
const SOCK_RAW_CLOEXEC = 3 | 0x80000;
const NETLINK_SOCK_DIAG = 4;
const SOL_SOCKET = 1;
const SO_RCVTIMEO = 20;
/** The kernel fills a dump while it is being received, at most 32 KiB at a time; see netlink(7). */
const RECEIVE_BYTES = 64 * 1024;

/** One question, and the datagrams that answer it for as long as `more` says that another one comes. */
export interface Netlink {
  send(request: Uint8Array): void;
  /** The next datagram. The buffer is shared: use it before the next call. Throws when none comes within a second. */
  receive(): Uint8Array;
  close(): void;
}

/** A NETLINK_SOCK_DIAG socket; null without koffi, or where the kernel or a seccomp filter refuses it. */
export function openSockDiag(): Netlink | null {
  const native = loadNative();
  if (native === null) return null;
  const { koffi, libc } = native;
  const socket = libc.func('socket', 'int', ['int', 'int', 'int']);
  const setsockopt = libc.func('setsockopt', 'int', ['int', 'int', 'int', 'void *', 'uint32']);
  const send = libc.func('send', 'long', ['int', 'void *', 'size_t', 'int']);
  const receive = libc.func('recv', 'long', ['int', 'void *', 'size_t', 'int']);
  const close = libc.func('close', 'int', ['int']);
  const fd = socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_SOCK_DIAG) as number;
  if (fd < 0) return null;
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, new BigInt64Array([1n, 0n]), 16);
  const buffer = new Uint8Array(RECEIVE_BYTES);
  const checked = (call: string, result: number): number => {
    if (result < 0) throw new Error(`netlink ${call}: error ${koffi.errno()}`);
    return result;
  };
  return {
    send: (request) => void checked('send', Number(send(fd, request, request.length, 0))),
    receive: () => buffer.subarray(0, checked('receive', Number(receive(fd, buffer, buffer.length, 0)))),
    close: () => void close(fd),
  };
}
