import type { SleepRecord, WakingRecord } from '../../../model/kernel-record.ts';
import type { WakeStretch } from '../../../model/wake.ts';

/** The call that a thread sleeps in, as far as is known. */
export type Sleep = Pick<SleepRecord, 'call' | 'timeoutMs' | 'atNs'>;

/** Why a thread woke. */
export type WakeCause = Pick<WakeStretch, 'call' | 'timeoutMs' | 'timeoutIs' | 'wokenBy'>;

/** A wake by a packet, or for one. */
export interface PacketWake {
  /** When the packet woke the first thread: however many it goes through, all of it is soon after that. */
  atNs: number;
  /** False: without the call it may have been the end of a timeout. */
  isSure: boolean;
}

/** Who else had a hand in it: a signal, or a thread of the same process. */
export interface WakeFacts {
  isSignal: boolean;
  isSameProcess: boolean;
}

/** A timer never fires early; the millisecond is the clocks' rounding. */
const EARLY_MS = 1;
/** Timer slack is at most 100 ms and 0.1 % (select(2), man 2 prctl PR_SET_TIMERSLACK); a busy host adds its own. */
const LATE_MS = 100;
const LATE_SHARE = 0.01;

/** Nothing but the time and a signal ends these. */
const SLEEPS_ONLY: ReadonlySet<string> = new Set(['clock_nanosleep', 'nanosleep']);

/**
 * Why a thread woke, from where the kernel was when it woke it and from how long it had slept in which call.
 * A sleep that lasted longer than its timeout was not in that call, but in something that is not recorded.
 * @param sleep the last call that it was seen to enter; null where it was seen to do something else since
 */
export function wakeCause(waking: WakingRecord, sleep: Sleep | null, facts: WakeFacts): WakeCause {
  const sleptMs = sleep === null ? 0 : (waking.atNs - sleep.atNs) / 1e6;
  const askedMs = sleep?.timeoutMs ?? null;
  const isOver = typeof askedMs === 'number' && sleptMs > askedMs * (1 + LATE_SHARE) + LATE_MS;
  const call = isOver ? null : (sleep?.call ?? null);
  const untimed = { call, timeoutMs: null, timeoutIs: null };
  if (facts.isSignal) return { ...untimed, wokenBy: 'signal' };
  if (waking.context === 'task') {
    if (call !== null && SLEEPS_ONLY.has(call)) return { ...untimed, wokenBy: 'signal' };
    return { ...untimed, wokenBy: facts.isSameProcess ? 'thread' : 'process' };
  }
  if (call !== null && typeof askedMs === 'number' && sleptMs >= askedMs - EARLY_MS) {
    return { call, timeoutMs: askedMs, timeoutIs: 'asked', wokenBy: 'timer' };
  }
  if (waking.context === 'softirq') return { ...untimed, wokenBy: 'packet' };
  // The call's own timer is the only hard interrupt that ends it, unless it was told to wait for ever.
  return call !== null && askedMs === null
    ? { call, timeoutMs: sleptMs, timeoutIs: 'measured', wokenBy: 'timer' }
    : { ...untimed, wokenBy: 'interrupt' };
}

/**
 * Why a thread woke that another one woke for a packet. Where that may have been the end of a timeout, so may this: its own call, in which it waited
 * for the other one, would say that it was not.
 */
export const causeBehind = (own: WakeCause, { isSure }: PacketWake): WakeCause => ({
  ...own,
  call: isSure ? own.call : null,
  wokenBy: 'packet',
});
