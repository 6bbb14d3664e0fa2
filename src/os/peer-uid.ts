import type { Socket } from 'node:net';
import { loadNative } from './native.ts';

/** socket(7); these numbers are the same on the architectures of Linux that Node runs on, but for MIPS and POWER. */
const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
const OTHER_NUMBERS: ReadonlySet<string> = new Set(['mips', 'mipsel', 'ppc64']);

/** Where Node keeps what a socket stands on; it has no public name for it. */
const HANDLE = '_handle';

/** Effective user of the process at the other end of a unix socket when it connected; null where that cannot be told. */
export type PeerUid = (socket: Socket) => number | null;

/** See unix(7), SO_PEERCRED. */
export function peerUidReader(): PeerUid {
  const native = loadNative();
  if (native === null || OTHER_NUMBERS.has(process.arch)) return () => null;
  const getsockopt = native.libc.func('getsockopt', 'int', ['int', 'int', 'int', 'void *', 'void *']);
  return (socket) => {
    const fd = (socket as { [HANDLE]?: { fd?: number } })[HANDLE]?.fd;
    if (fd === undefined || fd < 0) return null;
    // struct ucred: pid, uid, gid.
    const ucred = new Uint32Array(3);
    const length = new Uint32Array([ucred.byteLength]);
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, ucred, length) === 0 ? (ucred[1] ?? null) : null;
  };
}
