import type { Decode, RecordFields } from './record-fields.ts';

/** Operations of futex(2) that wait; FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME are masked out before. */
const FUTEX_WAITS: ReadonlySet<number> = new Set([
  0, // FUTEX_WAIT
  6, // FUTEX_LOCK_PI
  9, // FUTEX_WAIT_BITSET
  11, // FUTEX_WAIT_REQUEUE_PI
  13, // FUTEX_LOCK_PI2
]);
const FUTEX_COMMAND = ~(128 | 256);

/** A call whose argument is an int of milliseconds: epoll_wait(2), poll(2). A negative one is for ever. */
export function sleepForMs(call: string, argument: string): (fields: RecordFields) => Decode {
  return (fields) => {
    const timeout = fields.low32(argument);
    return ({ page, offset, atNs, tid, context }) => {
      const timeoutMs = page.getInt32(offset + timeout, true);
      return { event: 'sleep', atNs, tid, context, call, timeoutMs: timeoutMs < 0 ? 'infinite' : timeoutMs };
    };
  };
}

/** A call whose argument points to the time, which the record does not hold; NULL is for ever: ppoll(2), select(2). */
export function sleepByPointer(call: string, argument: string): (fields: RecordFields) => Decode {
  return (fields) => {
    const pointer = fields.at(argument, 8);
    return ({ page, offset, atNs, tid, context }) => {
      const timeoutMs = isNull(page, offset + pointer) ? 'infinite' : null;
      return { event: 'sleep', atNs, tid, context, call, timeoutMs };
    };
  };
}

/** nanosleep(2) and clock_nanosleep(2): the time is behind a pointer that may not be NULL. */
export function sleepForUnknown(call: string): () => Decode {
  return () =>
    ({ atNs, tid, context }) => ({ event: 'sleep', atNs, tid, context, call, timeoutMs: null });
}

/** futex(2): only some of its operations wait; the others are null. */
export function sleepOnFutex(fields: RecordFields): Decode {
  const operation = fields.low32('op');
  const decode = sleepByPointer('futex', 'utime')(fields);
  return (head) => {
    const command = head.page.getUint32(head.offset + operation, true) & FUTEX_COMMAND;
    return FUTEX_WAITS.has(command) ? decode(head) : null;
  };
}

function isNull(page: DataView, offset: number): boolean {
  return page.getUint32(offset, true) === 0 && page.getUint32(offset + 4, true) === 0;
}
