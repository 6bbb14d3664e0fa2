/**
 * Every time in evidence is epoch milliseconds with a fraction, taken from the monotonic clock and anchored to
 * the wall clock once, when the run starts: it never jumps. Field names end in `AtMs`, durations in `Ms`.
 */
export interface Clock {
  /** Epoch milliseconds, monotonic within a run. */
  nowMs(): number;
  /** How far the wall clock has moved away from `nowMs` since the run started: a step by NTP or by hand. */
  wallDriftMs(): number;
  /** Milliseconds that the host has slept since boot; unknown where the platform does not tell. */
  suspendedMs(): number | null;
  /** Resolves at `atMs`, or at once when the signal aborts. */
  sleepUntil(atMs: number, signal: AbortSignal): Promise<void>;
}

export interface TimeSpan {
  fromMs: number;
  toMs: number;
}
