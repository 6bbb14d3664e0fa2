const FIRST_MS = 5_000;
const LONGEST_MS = 600_000;

/**
 * How long to wait after so many failures in a row: twice as long each time, up to ten minutes, and up to half of that less,
 * so that many watchdogs do not come back at the same moment. @param random in [0, 1)
 */
export function backoffMs(failures: number, random: () => number): number {
  const fullMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 20));
  return fullMs * (1 - random() / 2);
}

/** A time to wait until that lies further ahead was written by a clock that was ahead. */
export const isDue = (nextMs: number, nowMs: number): boolean =>
  nextMs <= nowMs || nextMs > nowMs + LONGEST_MS;
