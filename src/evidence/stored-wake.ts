import type { WakeStretch, WokenBy } from '../model/wake.ts';
import type { Row, Value } from './tables.ts';

/** A row of the table of wakes; StoredWake reads it. */
export const wakeRow = (stretch: WakeStretch): Row => ({
  table: 'wake',
  values: [
    stretch.fromMs,
    stretch.toMs,
    stretch.processId,
    stretch.tid,
    stretch.thread,
    stretch.call,
    stretch.timeoutMs,
    stretch.timeoutIs,
    stretch.wokenBy,
    stretch.waker,
    stretch.count,
    stretch.intervalMs,
    stretch.sampledShare,
    writeTimes(stretch),
  ],
});

/** Milliseconds after the first one, to the microsecond: `0 100.28 200.521`. */
function writeTimes({ fromMs, timesMs }: WakeStretch): string {
  return timesMs.map((atMs) => String(Number((atMs - fromMs).toFixed(3)))).join(' ');
}

/**
 * What `wakeRow` has written. There are many, and few rules ask when each wake was: that is read when it
 * is asked for.
 */
export class StoredWake implements WakeStretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly processId: number;
  readonly tid: number | null;
  readonly thread: string | null;
  readonly call: string | null;
  readonly timeoutMs: number | null;
  readonly timeoutIs: WakeStretch['timeoutIs'];
  readonly wokenBy: WokenBy;
  readonly waker: string | null;
  readonly count: number;
  readonly intervalMs: number | null;
  readonly sampledShare: number;
  readonly #times: string;

  /** @param values of all columns, in their order */
  constructor(values: readonly Value[]) {
    this.fromMs = Number(values[0]);
    this.toMs = Number(values[1]);
    this.processId = Number(values[2]);
    this.tid = numberOrNull(values[3]);
    this.thread = textOrNull(values[4]);
    this.call = textOrNull(values[5]);
    this.timeoutMs = numberOrNull(values[6]);
    this.timeoutIs = textOrNull(values[7]) as WakeStretch['timeoutIs'];
    this.wokenBy = String(values[8]) as WokenBy;
    this.waker = textOrNull(values[9]);
    this.count = Number(values[10]);
    this.intervalMs = numberOrNull(values[11]);
    this.sampledShare = Number(values[12]);
    this.#times = String(values[13]);
  }

  get timesMs(): number[] {
    if (this.#times === '') return [];
    return this.#times.split(' ').map((afterMs) => this.fromMs + Number(afterMs));
  }
}

const numberOrNull = (value: Value | undefined): number | null => (typeof value === 'number' ? value : null);
const textOrNull = (value: Value | undefined): string | null => (typeof value === 'string' ? value : null);
