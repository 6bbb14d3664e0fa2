import { readSync } from 'node:fs';
import { constants } from 'node:os';
import { loadNative } from './native.ts';
import { systemError } from './tracefs-error.ts';

/** Reads into the buffer from a descriptor opened with O_NONBLOCK; null where there is nothing at the moment. */
export type ReadNow = (fd: number, buffer: Uint8Array) => number | null;

const { EAGAIN, EINTR, ENODEV } = constants.errno;
/** ENODEV is what the trace of a CPU that was never online says. */
const NOTHING: ReadonlySet<number> = new Set([EAGAIN, EINTR, ENODEV]);
const NOTHING_CODES: ReadonlySet<string> = new Set(['EAGAIN', 'EINTR', 'ENODEV']);

let bound: ReadNow | undefined;

/** read(2). Through koffi finding nothing costs less than a microsecond; Node makes an error object each time. */
export function readNow(): ReadNow {
  bound ??= bindNative() ?? readThroughNode;
  return bound;
}

function bindNative(): ReadNow | null {
  const native = loadNative();
  if (native === null) return null;
  const { koffi, libc } = native;
  const read = libc.func('read', 'long', ['int', 'void *', 'size_t']);
  return (fd, buffer) => {
    const length = Number(read(fd, buffer, buffer.length));
    if (length >= 0) return length;
    const errno = koffi.errno();
    if (NOTHING.has(errno)) return null;
    throw systemError('read', errno);
  };
}

function readThroughNode(fd: number, buffer: Uint8Array): number | null {
  try {
    return readSync(fd, buffer, 0, buffer.length, null);
  } catch (error) {
    if (NOTHING_CODES.has((error as NodeJS.ErrnoException).code ?? '')) return null;
    throw error;
  }
}
