import type { TimeSpan } from './time.ts';

/**
 * Who woke a thread.
 * - `timer`: the timeout that it had asked for had passed.
 * - `packet`: network traffic, in a soft interrupt, or a thread of its process that this has just woken; of a thread that slept in no call that is
 *   known it may have been a disk as well.
 * - `interrupt`: a hard interrupt that is not the call's own timeout: a timer of another kind (timerfd, setitimer) or a device.
 * - `signal`; `thread`: another thread of its process; `process`: another process, or the kernel's own threads.
 * - `mixed`: of several kinds, too many to be listed one by one.
 */
export type WokenBy = 'timer' | 'packet' | 'interrupt' | 'signal' | 'thread' | 'process' | 'mixed';

/** The call in which a thread slept of which nothing had been recorded until it woke: whichever it was, no name is known. */
export const EARLIER_CALL = '(earlier)';

/**
 * Wakes of one kind of one thread, from the first to the last; or, with a count and a share of 0, that from its beginning to its
 * end the wakes of a process were not recorded all the time. Names come from the watched app: untrusted. */
export interface WakeStretch extends TimeSpan {
  processId: number;
  /** Both null: several threads of the process, what was too much to be listed one by one. */
  tid: number | null;
  thread: string | null;
  /**
   * The system call in which it slept; `EARLIER_CALL`: it was in it before the recording began; null where it is not known
   * (a page fault, a lock, a disk, a call that is not recorded).
   */
  call: string | null;
  /** The timeout of that call; null where there was none, where it is not known, and where it was not what woke the thread. */
  timeoutMs: number | null;
  /** `asked`: as the thread gave it; `measured`: how long it slept, where the call's arguments do not hold it. */
  timeoutIs: 'asked' | 'measured' | null;
  wokenBy: WokenBy;
  /** Name of the thread or process that woke it; of a packet, of the program that probably sent it (over loopback). */
  waker: string | null;
  /** Wakes recorded; all there were only where `sampledShare` is 1. */
  count: number;
  /** Median time between two of them; null where there are too few. */
  intervalMs: number | null;
  /** When the first of them came, in order: all that there were up to the last one here, and no more than a bounded number. */
  timesMs: readonly number[];
  /** Share of the time in which wakes were recorded, 0 to 1. Below 1 the count is that of a sample. */
  sampledShare: number;
}
