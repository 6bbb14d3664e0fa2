import { NS_PER_TICK, SAME_START_TICKS } from '../../../model/clock-ticks.ts';

/** A time of the trace in the unit in which /proc tells when a process started, by CLOCK_BOOTTIME as well. */
export function ticksOf(ns: number): number {
  return Math.floor(ns / NS_PER_TICK);
}

/** The other way round: the first moment of that tick, so that a process may have started a little later. */
export function nsOf(ticks: number): number {
  return ticks * NS_PER_TICK;
}

/** Whether a process that the trace saw being created is the one that /proc shows with this start. */
export function isSameStart(bornNs: number, startTicks: number): boolean {
  return Math.abs(ticksOf(bornNs) - startTicks) <= SAME_START_TICKS;
}
