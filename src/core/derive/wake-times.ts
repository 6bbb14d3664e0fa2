import type { Evidence } from '../../model/evidence.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { TimeSpan } from '../../model/time.ts';
import type { WakeStretch } from '../../model/wake.ts';
import { holds, intersection, outside } from './spans.ts';

/** When a thread woke from one call by one kind of waker, as far as it was recorded one by one. */
export interface WakeTimes extends Pick<WakeStretch, 'tid' | 'thread' | 'call' | 'wokenBy' | 'waker'> {
  process: WatchedProcess;
  timesMs: number[];
  /** When each wake of this kind is among the times. */
  exposure: TimeSpan[];
}

/** More of one kind tell nothing more. */
const MAX_TIMES = 4_000;

/** Not by packets: the sender chose their time. */
const isOwnDoing = ({ wokenBy }: WakeStretch): boolean => wokenBy !== 'packet';

/**
 * By a packet, or by the kernel's timer of a call that is not recorded: recv(2) with SO_RCVTIMEO, read(2) of a terminal with
 * VTIME. Both happen in the same kind of interrupt.
 */
export const isPacketOrTimer = ({ wokenBy, call }: WakeStretch): boolean =>
  wokenBy === 'packet' && call === null;

/**
 * The wakes of a target's threads in a window, by thread, call and waker, whatever the timeout.
 * @param exposure when the trace was recording
 */
export function wakeTimes(
  evidence: Evidence,
  target: string,
  window: TimeSpan,
  exposure: readonly TimeSpan[],
  isWanted: (stretch: WakeStretch) => boolean = isOwnDoing,
): WakeTimes[] {
  const members = new Map(
    evidence.processes.filter((one) => one.target === target).map((process) => [process.id, process]),
  );
  const kinds = new Map<string, WakeStretch[]>();
  const inside = evidence.wakes.filter(isInside(window)).sort((a, b) => a.fromMs - b.fromMs);
  const isSample = isWakeSample(evidence, window);
  for (const stretch of inside) {
    if (stretch.count === 0) continue;
    const { processId, tid, call, wokenBy, waker } = stretch;
    if (!isWanted(stretch) || !members.has(processId)) continue;
    const key = JSON.stringify([processId, tid, call, wokenBy, waker]);
    const known = kinds.get(key) ?? [];
    kinds.set(key, known);
    known.push(stretch);
  }
  return [...kinds.values()].flatMap((stretches) => {
    const [first] = stretches;
    const process = first === undefined ? undefined : members.get(first.processId);
    if (first === undefined || process === undefined) return [];
    const { tid, thread, call, wokenBy, waker } = first;
    return [
      { process, tid, thread, call, wokenBy, waker, ...timesOf(stretches, window, { exposure, isSample }) },
    ];
  });
}

/** Whether there may be other wakes in a window than those that were recorded, of any target. */
export function isWakeSample({ wakes }: Evidence, window: TimeSpan): boolean {
  // Whoever's wakes were too many, the recording was off for all: those of a thread that has none meanwhile were not seen either.
  return wakes.filter(isInside(window)).some(({ sampledShare }) => sampledShare < 1);
}

/** What was not recorded up to the very opening of a window says nothing of it; a wake at that moment belongs to it. */
const isInside =
  (window: TimeSpan) =>
  ({ count, fromMs, toMs }: WakeStretch): boolean =>
    count === 0
      ? fromMs < window.toMs && toMs > window.fromMs
      : fromMs <= window.toMs && toMs >= window.fromMs;

function timesOf(
  stretches: readonly WakeStretch[],
  window: TimeSpan,
  { exposure, isSample }: { exposure: readonly TimeSpan[]; isSample: boolean },
): Pick<WakeTimes, 'timesMs' | 'exposure'> {
  const timesMs: number[] = [];
  const unknown: TimeSpan[] = [];
  const known: TimeSpan[] = [];
  for (const stretch of stretches) {
    const isFull = timesMs.length >= MAX_TIMES;
    const own = isFull ? [] : stretch.timesMs;
    timesMs.push(...own.filter((atMs) => holds(window, atMs)));
    const lastMs = own.at(-1) ?? stretch.fromMs;
    known.push({ fromMs: stretch.fromMs, toMs: lastMs });
    if (own.length === stretch.count) continue;
    // The last one is not among the times: nothing is missed where it was.
    const halfIntervalMs = (stretch.toMs - stretch.fromMs) / stretch.count / 2;
    unknown.push({ fromMs: lastMs, toMs: stretch.toMs + halfIntervalMs });
  }
  // Of a sample, nothing is known of the time around what was recorded.
  const all = isSample ? known.filter(({ fromMs, toMs }) => toMs > fromMs) : [window];
  const recorded = all.flatMap((span) => outside(span, unknown));
  return { timesMs: timesMs.sort((a, b) => a - b), exposure: intersection(exposure, recorded) };
}
