import { uptime } from 'node:os';
import type { Clock } from '../model/time.ts';
import { CLOCK, clockGettime } from './clock-gettime.ts';

const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** The time for one run, in which every instant of its evidence is given. */
export function systemClock(): Clock {
  const bootMs = bootClock();
  const anchorMs = offsetMs(Date.now, bootMs);
  const nowMs = (): number => anchorMs + bootMs();
  return {
    nowMs,
    fromBootNs: (ns) => anchorMs + ns / 1e6,
    wallDriftMs: () => Date.now() - nowMs(),
    suspendedMs: () => (process.platform === 'linux' ? bootMs() - monotonicMs() : null),
    sleepUntil: (atMs, signal) => sleepUntil(atMs - nowMs(), signal),
    every,
  };
}

/** Whoever is interrupted between two readings takes the one for the time of the other: the closest of so many count. */
const READINGS = 10;

/** How far one clock is ahead of another, both in milliseconds. */
export function offsetMs(clockMs: () => number, otherMs: () => number): number {
  let closestMs = Number.POSITIVE_INFINITY;
  let offset = 0;
  for (let count = 0; count < READINGS; count += 1) {
    const beforeMs = otherMs();
    const readMs = clockMs();
    const tookMs = otherMs() - beforeMs;
    if (tookMs >= closestMs) continue;
    closestMs = tookMs;
    offset = readMs - beforeMs - tookMs / 2;
  }
  return offset;
}

function sleepUntil(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(0, durationMs));
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

/** One interval for all ticks: a timer, a promise and a listener for each would cost as much as the rest of an idle look. */
function every(tickMs: number, signal: AbortSignal, onTick: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearInterval(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setInterval(() => {
      try {
        if (!onTick()) end();
      } catch (error) {
        end();
        reject(error);
      }
    }, tickMs);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}

/** CPU time of the calling thread in nanoseconds; elapsed time where the platform does not tell. */
export function threadCpuClock(): () => number {
  const gettime = clockGettime();
  return () => gettime?.(CLOCK.threadCpu) ?? monotonicMs() * 1e6;
}

/**
 * CLOCK_BOOTTIME in milliseconds. Without the C library it is the monotonic clock, moved on when /proc/uptime, which
 * counts sleep with a resolution of 10 ms, has run ahead.
 */
function bootClock(): () => number {
  const gettime = clockGettime();
  if (gettime !== null) return () => (gettime(CLOCK.boottime) ?? 0) / 1e6;
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
