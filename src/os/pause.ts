const NOBODY_WAKES: Int32Array = new Int32Array(new SharedArrayBuffer(4));

/** Does nothing for so long, and holds the whole process up: for moments, where the look that goes on cannot be left. */
export function pause(durationMs: number): void {
  Atomics.wait(NOBODY_WAKES, 0, 0, durationMs);
}
