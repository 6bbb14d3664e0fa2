/** A loop that asks anew for what is left of its period gives or takes a millisecond; a measured sleep wakes a little late. */
const TOLERANCE = 0.05;
const TOLERANCE_MS = 2;

/** Whether two timeouts, in milliseconds, are the same but for rounding and lateness. */
export function isSameTimeout(oneMs: number, otherMs: number): boolean {
  return Math.abs(oneMs - otherMs) <= Math.max(TOLERANCE_MS, TOLERANCE * Math.max(oneMs, otherMs));
}
