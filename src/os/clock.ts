import { uptime } from 'node:os';
import type { Clock } from '../model/time.ts';
import { loadNative } from './native.ts';

/** Clock ids of linux/time.h. */
const CLOCK_THREAD_CPUTIME_ID = 3;
const CLOCK_BOOTTIME = 7;

const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** The time for one run, in which every instant of its evidence is given. */
export function systemClock(): Clock {
  const bootMs = bootClock();
  const anchorMs = Date.now() - bootMs();
  const nowMs = (): number => anchorMs + bootMs();
  return {
    nowMs,
    wallDriftMs: () => Date.now() - nowMs(),
    suspendedMs: () => (process.platform === 'linux' ? bootMs() - monotonicMs() : null),
    sleepUntil: sleeper(nowMs),
  };
}

/**
 * Sleeps with one listener per signal, not one per sleep: adding and removing a listener costs more than all the rest of
 * an idle look.
 */
function sleeper(nowMs: () => number): Clock['sleepUntil'] {
  const heard = new WeakSet<AbortSignal>();
  const wakeUps = new Map<AbortSignal, () => void>();
  return (atMs, signal) => {
    if (signal.aborted) return Promise.resolve();
    if (!heard.has(signal)) {
      heard.add(signal);
      signal.addEventListener('abort', () => wakeUps.get(signal)?.());
    }
    return new Promise((resolve) => {
      const wakeUp = (): void => {
        clearTimeout(timer);
        wakeUps.delete(signal);
        resolve();
      };
      const timer = setTimeout(wakeUp, Math.max(0, atMs - nowMs()));
      wakeUps.set(signal, wakeUp);
    });
  };
}

/** CPU time of the calling thread in nanoseconds; elapsed time where the platform does not tell. */
export function threadCpuClock(): () => number {
  const native = nativeClock(CLOCK_THREAD_CPUTIME_ID);
  return native ?? (() => monotonicMs() * 1e6);
}

/**
 * CLOCK_BOOTTIME in milliseconds. Without the C library it is the monotonic clock, moved on when /proc/uptime, which
 * counts sleep with a resolution of 10 ms, has run ahead.
 */
function bootClock(): () => number {
  const native = nativeClock(CLOCK_BOOTTIME);
  if (native !== null) return () => native() / 1e6;
  let sleptMs = uptimeAheadMs();
  return () => {
    const ahead = uptimeAheadMs();
    if (ahead - sleptMs > 100) sleptMs = ahead;
    return monotonicMs() + sleptMs;
  };
}

function uptimeAheadMs(): number {
  return process.platform === 'linux' ? uptime() * 1000 - monotonicMs() : 0;
}

/** A clock of the C library in nanoseconds; see clock_gettime(2). */
function nativeClock(id: number): (() => number) | null {
  const native = loadNative();
  if (native === null) return null;
  const clockGettime = native.libc.func('clock_gettime', 'int', ['int', 'void *']);
  const timespec = new BigInt64Array(2);
  return () => {
    clockGettime(id, timespec);
    return Number(timespec[0]) * 1e9 + Number(timespec[1]);
  };
}
