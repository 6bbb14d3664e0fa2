/**
 * Every time in evidence is epoch milliseconds with a fraction, taken from a clock that only goes forward and goes on
 * while the host sleeps, anchored to the wall clock once, when the run starts. Names end in `AtMs`, durations in `Ms`.
 */
export interface Clock {
  /** Epoch milliseconds; never jumps, counts the time that the host slept. */
  nowMs(): number;
  /** The same instant as `nowMs` would have given, of a CLOCK_BOOTTIME reading in nanoseconds. */
  fromBootNs(ns: number): number;
  /** How far the wall clock has moved away from `nowMs` since the run started: a step by NTP or by hand. */
  wallDriftMs(): number;
  /** Milliseconds that the host has slept since boot; null where the platform does not tell. */
  suspendedMs(): number | null;
  /** Resolves at `atMs`, or at once when the signal aborts. */
  sleepUntil(atMs: number, signal: AbortSignal): Promise<void>;
  /** Calls `onTick` every `tickMs` until it returns false or the signal aborts; rejects with what it throws. */
  every(tickMs: number, signal: AbortSignal, onTick: () => boolean): Promise<void>;
}

export interface TimeSpan {
  fromMs: number;
  toMs: number;
}
