import type { TimeSpan } from '../../../model/time.ts';

/** As many wake records in one look are worth what they cost: a busy program makes hundreds of thousands. */
const MOST_A_LOOK = 2_000;

/** After a look that brought more, wakes are left alone for so many times as long as it lasted. */
const PAUSE_FACTOR = 9;

/** What came since a look long ago came lately: while nothing ran, nobody looked. */
const LONGEST_LOOK_MS = 5_000;

/** What was recorded since it was last asked. */
export interface RecordedShare {
  /** Share of that time in which wakes were recorded, 0 to 1. */
  share: number;
  /** From the first moment in which they were not to the last one; null where there was none. */
  unrecorded: TimeSpan | null;
}

/** Whether wakes are recorded, so that a program that wakes all the time is only sampled. */
export class WakeBudget {
  #isOn = true;
  /** The look before. */
  #sinceMs: number;
  /** When they are switched on again. */
  #dueMs: number = Number.POSITIVE_INFINITY;
  #takenMs: number;
  #pausedMs = 0;
  #unrecorded: TimeSpan | null = null;

  /** @param nowMs when they were switched on */
  constructor(nowMs: number) {
    this.#sinceMs = nowMs;
    this.#takenMs = nowMs;
  }

  /** Whether they are to be recorded from now on. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** When a look has something to decide although nothing else calls for one; infinite while they are recorded. */
  get dueAtMs(): number {
    return this.#dueMs;
  }

  /**
   * At each look, after the records were read.
   * @param wakeRecords number of wakes and sleeps since the look before
   * @param isWhole whether none of them was lost: else the time since then counts as if nothing had been recorded
   * @returns whether they are to be recorded from now on
   */
  look(nowMs: number, wakeRecords: number, isWhole = true): boolean {
    const lastedMs = nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
    if (!this.#isOn || !isWhole) {
      this.#pausedMs += lastedMs;
      this.#unrecorded = { fromMs: this.#unrecorded?.fromMs ?? nowMs - lastedMs, toMs: nowMs };
    }
    if (!this.#isOn) {
      this.#isOn = nowMs >= this.#dueMs;
      if (this.#isOn) this.#dueMs = Number.POSITIVE_INFINITY;
    } else if (wakeRecords > MOST_A_LOOK) {
      this.#isOn = false;
      this.#dueMs = nowMs + PAUSE_FACTOR * Math.min(lastedMs, LONGEST_LOOK_MS);
    }
    return this.#isOn;
  }

  /** To be asked after `look`. */
  take(nowMs: number): RecordedShare {
    const passedMs = nowMs - this.#takenMs;
    const share = passedMs > 0 ? Math.max(0, 1 - this.#pausedMs / passedMs) : 1;
    this.#takenMs = nowMs;
    const unrecorded = this.#unrecorded;
    this.#pausedMs = 0;
    this.#unrecorded = null;
    return { share, unrecorded };
  }
}
