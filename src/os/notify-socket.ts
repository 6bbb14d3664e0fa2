import { loadNative } from './native.ts';
import { systemError } from './tracefs-error.ts';

const AF_UNIX = 1;
const SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
const MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000;
/** `sun_path` of unix(7). */
const MAX_PATH_BYTES = 108;

/** Where a service manager listens; see sd_notify(3). */
export interface NotifySocket {
  /** Never waits. Throws an error with a `code` when the datagram was not taken: EAGAIN, ECONNREFUSED, ENOENT, … */
  send(message: string): void;
  close(): void;
}

/**
 * Node has no Unix datagram sockets, and a child process that sends for us would need `NotifyAccess=all`.
 *
 * @param address of NOTIFY_SOCKET: an absolute path, or a name in the abstract namespace with a leading @
 * @returns why nothing can be sent there, where nothing can
 */
export function openNotifySocket(address: string): NotifySocket | string {
  const sockaddr = unixAddress(address);
  if (typeof sockaddr === 'string') return sockaddr;
  const native = loadNative();
  if (native === null) return 'koffi could not be loaded, and Node itself has no Unix datagram sockets';
  const { koffi, libc } = native;
  const socket = libc.func('socket', 'int', ['int', 'int', 'int']);
  const sendto = libc.func('sendto', 'long', ['int', 'void *', 'size_t', 'int', 'void *', 'uint32']);
  const close = libc.func('close', 'int', ['int']);
  const fd = socket(AF_UNIX, SOCK_DGRAM_CLOEXEC, 0) as number;
  if (fd < 0) return systemError('socket', koffi.errno()).message;
  return {
    send: (message) => {
      const bytes = Buffer.from(message);
      const sent = Number(sendto(fd, bytes, bytes.length, MSG_DONTWAIT_NOSIGNAL, sockaddr, sockaddr.length));
      if (sent < 0) throw systemError('sendto', koffi.errno());
    },
    close: () => void close(fd),
  };
}

/** `struct sockaddr_un`; the length of an abstract name counts, a path ends with a zero byte. See unix(7). */
function unixAddress(address: string): Buffer | string {
  const isAbstract = address.startsWith('@');
  if (!isAbstract && !address.startsWith('/')) {
    return `«${address.slice(0, MAX_PATH_BYTES)}» is neither a path nor an abstract name`;
  }
  const path = Buffer.from(isAbstract ? `\0${address.slice(1)}` : `${address}\0`);
  if (path.length > MAX_PATH_BYTES) return `the address is longer than ${MAX_PATH_BYTES - 1} bytes`;
  return Buffer.concat([new Uint8Array(new Uint16Array([AF_UNIX]).buffer), path]);
}
