import { spell } from '../core/wording/amounts.ts';
import { IdleproofError } from '../errors.ts';

/** What has to happen again and again in a daemon that does its work. */
export type LivePart = 'loop' | 'store';

/** So many ticks must fit between two times that the service manager wants to hear of us: it is told half-way, at a tick. */
const TICKS_PER_WATCHDOG = 3;

/**
 * @param watchdogMs null: nobody waits for a keep-alive ping
 * @throws IdleproofError TICK_TOO_LONG for a loop that could not send it in time
 */
export function refuseLongTick(tickMs: number, watchdogMs: number | null): void {
  if (watchdogMs === null || tickMs * TICKS_PER_WATCHDOG <= watchdogMs) return;
  const most = spell(Math.floor(watchdogMs / TICKS_PER_WATCHDOG));
  throw new IdleproofError('TICK_TOO_LONG', { tick: spell(tickMs), watchdog: spell(watchdogMs), most });
}

/** How long each part may be away, in milliseconds: some ticks of the loop, some tries of the store. */
export type LivenessLimits = Record<`${LivePart}WithinMs`, number>;

/**
 * Whether the loop ticks and the store answers: it takes what there is to write, or says why it cannot. A store that refuses
 * (a full disk) is alive: another process would find the same disk, and not have the rows that wait. One that nobody asks any
 * more, while rows wait, is as dead as a loop that hangs. The store has its first time limit from the first tick on.
 */
export class Liveness {
  readonly #limits: LivenessLimits;
  #loopAtMs: number | null = null;
  #storeAtMs: number | null = null;

  constructor(limits: LivenessLimits) {
    this.#limits = limits;
  }

  /**
   * Time that passed without a tick (host asleep, process stopped) is not held against the store, which could not answer then.
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
