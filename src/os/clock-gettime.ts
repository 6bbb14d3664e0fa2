import { loadNative } from './native.ts';

/** Clock ids of linux/time.h. */
export const CLOCK = { threadCpu: 3, boottime: 7 } as const;

/** A clock of the C library in nanoseconds; null when there is no clock of that id. See clock_gettime(2). */
export type ClockGettime = (id: number) => number | null;

let bound: ClockGettime | null | undefined;

/**
 * Null without koffi. Everybody gets the same function: at an idle look, once a second, what is called for the first time
 * costs several times what is called again.
 */
export function clockGettime(): ClockGettime | null {
  bound ??= bind();
  return bound;
}

function bind(): ClockGettime | null {
  const native = loadNative();
  if (native === null) return null;
  const call = native.libc.func('clock_gettime', 'int', ['int', 'void *']);
  // struct timespec of a 64-bit machine, little-endian: seconds in two words, then nanoseconds. BigInts would allocate.
  const timespec = new Uint32Array(4);
  return (id) =>
    call(id, timespec) === 0
      ? ((timespec[1] ?? 0) * 2 ** 32 + (timespec[0] ?? 0)) * 1e9 + (timespec[2] ?? 0)
      : null;
}
