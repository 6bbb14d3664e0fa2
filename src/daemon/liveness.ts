/** What has to happen again and again in a daemon that does its work. */
export type LivePart = 'loop' | 'store';

/** How long each part may be away, in milliseconds: some ticks of the loop, some commits of the store. */
export type LivenessLimits = Record<`${LivePart}WithinMs`, number>;

/**
 * Whether the loop ticks and the store commits. A loop that goes on while nothing reaches the disk is as dead as one that
 * hangs. The store has its first time limit from the first tick on.
 */
export class Liveness {
  readonly #limits: LivenessLimits;
  #loopAtMs: number | null = null;
  #storeAtMs: number | null = null;

  constructor(limits: LivenessLimits) {
    this.#limits = limits;
  }

  /**
   * Time that passed without a tick (host asleep, process stopped) is not held against the store, which could not commit then.
   *
   * @param nowMs of one clock that never goes back
   */
  alive(part: LivePart, nowMs: number): void {
    if (part === 'store') {
      this.#storeAtMs = nowMs;
      return;
    }
    const awayMs = nowMs - (this.#loopAtMs ?? nowMs);
    this.#storeAtMs ??= nowMs;
    if (awayMs > this.#limits.loopWithinMs) this.#storeAtMs += awayMs;
    this.#loopAtMs = nowMs;
  }

  /** The parts that have not happened within their limit; both before the first tick. */
  late(nowMs: number): LivePart[] {
    const { loopWithinMs, storeWithinMs } = this.#limits;
    const isLate = (atMs: number | null, withinMs: number): boolean =>
      atMs === null || nowMs - atMs > withinMs;
    return [
      ...(isLate(this.#loopAtMs, loopWithinMs) ? (['loop'] as const) : []),
      ...(isLate(this.#storeAtMs, storeWithinMs) ? (['store'] as const) : []),
    ];
  }
}
