import { loadNative } from './native.ts';

const AF_INET = 2;
const SOCK_STREAM_CLOEXEC = 1 | 0x80000;
const SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
const SOL_SOCKET = 1;
const SO_LINGER = 13;
const SO_RCVTIMEO = 20;
const SOCKADDR_BYTES = 16;

/** Exchanges one byte with ourselves over the loopback interface and closes everything again; returns the port called. */
export interface LoopbackBeats {
  /** A connection that lives for some tens of microseconds, ended by a reset so that nothing lingers. */
  tcp(): number;
  /** One datagram of one byte. */
  udp(): number;
}

/** By system calls, in the calling thread: the event loop would make them live longer. Null without koffi. */
export function openLoopbackBeats(): LoopbackBeats | null {
  const native = loadNative();
  if (native === null) return null;
  const { koffi, libc } = native;
  const calls = {
    socket: libc.func('socket', 'int', ['int', 'int', 'int']),
    bind: libc.func('bind', 'int', ['int', 'void *', 'uint32']),
    listen: libc.func('listen', 'int', ['int', 'int']),
    getsockname: libc.func('getsockname', 'int', ['int', 'void *', 'void *']),
    connect: libc.func('connect', 'int', ['int', 'void *', 'uint32']),
    accept: libc.func('accept', 'int', ['int', 'void *', 'void *']),
    setsockopt: libc.func('setsockopt', 'int', ['int', 'int', 'int', 'void *', 'uint32']),
    sendto: libc.func('sendto', 'long', ['int', 'void *', 'size_t', 'int', 'void *', 'uint32']),
    recv: libc.func('recv', 'long', ['int', 'void *', 'size_t', 'int']),
    close: libc.func('close', 'int', ['int']),
  };
  const checked = (call: string, result: number | bigint): number => {
    if (Number(result) < 0) throw new Error(`${call}: error ${koffi.errno()}`);
    return Number(result);
  };
  const open: number[] = [];
  const opened = (call: string, fd: number): number => {
    open.push(checked(call, fd));
    return fd;
  };
  /** A socket at a free port of 127.0.0.1, and its address. */
  const boundSocket = (type: number): { fd: number; address: Buffer } => {
    const fd = opened('socket', calls.socket(AF_INET, type, 0));
    const address = Buffer.alloc(SOCKADDR_BYTES);
    address.writeUInt16LE(AF_INET, 0);
    address.set([127, 0, 0, 1], 4);
    checked('bind', calls.bind(fd, address, SOCKADDR_BYTES));
    checked('getsockname', calls.getsockname(fd, address, new Uint32Array([SOCKADDR_BYTES])));
    // Nobody answers within a second on an overloaded host, or something filters the loopback interface.
    calls.setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, new BigInt64Array([1n, 0n]), 16);
    return { fd, address };
  };
  const byte = Buffer.from([1]);
  const beat = (exchange: () => Buffer): number => {
    try {
      return exchange().readUInt16BE(2);
    } finally {
      for (const fd of open.splice(0)) calls.close(fd);
    }
  };
  return {
    tcp: () =>
      beat(() => {
        const { fd: listener, address } = boundSocket(SOCK_STREAM_CLOEXEC);
        checked('listen', calls.listen(listener, 1));
        const caller = opened('socket', calls.socket(AF_INET, SOCK_STREAM_CLOEXEC, 0));
        calls.setsockopt(caller, SOL_SOCKET, SO_LINGER, new Int32Array([1, 0]), 8);
        checked('connect', calls.connect(caller, address, SOCKADDR_BYTES));
        checked('send', calls.sendto(caller, byte, 1, 0, null, 0));
        const answering = opened('accept', calls.accept(listener, null, null));
        checked('receive', calls.recv(answering, Buffer.alloc(1), 1, 0));
        // The caller first: its reset ends both.
        open.reverse();
        return address;
      }),
    udp: () =>
      beat(() => {
        const { fd: receiver, address } = boundSocket(SOCK_DGRAM_CLOEXEC);
        const caller = opened('socket', calls.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0));
        checked('send', calls.sendto(caller, byte, 1, 0, address, SOCKADDR_BYTES));
        checked('receive', calls.recv(receiver, Buffer.alloc(1), 1, 0));
        return address;
      }),
  };
}
