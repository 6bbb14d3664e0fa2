import type { KernelRecord } from '../../../model/kernel-record.ts';
import type { TimeSpan } from '../../../model/time.ts';
import type { WakeStretch } from '../../../model/wake.ts';
import { WakeBudget } from './wake-budget.ts';
import { Wakes, type WakesParts } from './wakes.ts';

const WAKE_EVENTS: ReadonlySet<KernelRecord['event']> = new Set(['waking', 'signal', 'sleep']);

/** Why threads woke, for as long as telling it costs little. */
export class Wakers {
  readonly #wakes: Wakes;
  #budget: WakeBudget | null = null;

  constructor(parts: WakesParts) {
    this.#wakes = new Wakes(parts);
  }

  start(nowMs: number): void {
    this.#budget = new WakeBudget(nowMs);
  }

  /** When a look has to switch the recording on again, although nothing else calls for one. */
  get dueAtMs(): number {
    return this.#budget?.dueAtMs ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Takes in what was recorded since the look before.
   * @returns whether wakes are to be recorded from now on
   */
  look(nowMs: number, records: readonly KernelRecord[], isWhole: boolean): boolean {
    let count = 0;
    if (!isWhole) this.#wakes.pause();
    for (const record of records) {
      this.#wakes.record(record);
      if (WAKE_EVENTS.has(record.event)) count += 1;
    }
    const isOn = this.#budget?.look(nowMs, count, isWhole) ?? true;
    if (!isOn) this.#wakes.pause();
    return isOn;
  }

  /**
   * The wakes since the last call.
   * @param processIds those that live: of each it is told when its wakes were not recorded, since none that were recorded may say so
   */
  take(nowMs: number, processIds: readonly number[]): WakeStretch[] {
    const { share, unrecorded } = this.#budget?.take(nowMs) ?? { share: 1, unrecorded: null };
    const told = share > 0 ? this.#wakes.take(share) : [];
    if (unrecorded === null) return told;
    return [...told, ...processIds.map((processId) => notRecorded(processId, unrecorded))];
  }
}

/** Of a time in which nobody knows how often and why a process woke. */
const notRecorded = (processId: number, { fromMs, toMs }: TimeSpan): WakeStretch => ({
  fromMs,
  toMs,
  processId,
  tid: null,
  thread: null,
  call: null,
  timeoutMs: null,
  timeoutIs: null,
  wokenBy: 'mixed',
  waker: null,
  count: 0,
  intervalMs: null,
  timesMs: [],
  sampledShare: 0,
});
