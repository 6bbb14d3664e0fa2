import { loadNative } from './native.ts';

/**
 * Name of a socket's protocol as in /proc/net/protocols (`TCPv6`, `UNIX`, `PACKET`, …), of the path of an open
 * descriptor (/proc/PID/fd/N). Null where the descriptor is gone or may not be looked at.
 */
export type SocketProtocolName = (path: string) => string | null;

/** By the extended attribute `system.sockprotoname`, which every socket has (Linux 2.6.39); null without koffi. */
export function socketProtocolName(): SocketProtocolName | null {
  const native = loadNative();
  if (native === null) return null;
  const getxattr = native.libc.func('getxattr', 'long', ['str', 'str', 'void *', 'size_t']);
  const value = Buffer.alloc(64);
  return (path) => {
    const length = Number(getxattr(path, 'system.sockprotoname', value, value.length));
    if (length <= 0) return null;
    const end = value.indexOf(0);
    return value.toString('latin1', 0, end >= 0 && end < length ? end : length);
  };
}
