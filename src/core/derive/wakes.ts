import type { Evidence } from '../../model/evidence.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { TimeSpan } from '../../model/time.ts';
import type { WakeStretch } from '../../model/wake.ts';
import { ByValues } from './by-values.ts';
import { once, spanKey } from './once.ts';
import { holds, partInside } from './spans.ts';
import { isSameTimeout } from './timeouts.ts';

/** Wakes of one kind of one thread over a window. */
export interface WindowWakes
  extends Pick<
    WakeStretch,
    | 'tid'
    | 'thread'
    | 'call'
    | 'timeoutMs'
    | 'timeoutIs'
    | 'wokenBy'
    | 'waker'
    | 'count'
    | 'intervalMs'
    | 'sampledShare'
  > {
  process: WatchedProcess;
  /** An estimate where only a sample was recorded. */
  perMinute: number;
  /** Records of the trace were lost: there may have been more. */
  atLeast: boolean;
}

interface Merged {
  process: WatchedProcess;
  /** The stretch with the most wakes speaks for all. */
  chief: WakeStretch;
  count: number;
  /** How many there would have been, had all been recorded. */
  estimate: number;
}

/** Why the threads of a target woke in a window, the most frequent reason first; empty where nobody recorded it. */
export function windowWakes(evidence: Evidence, target: string, window: TimeSpan): readonly WindowWakes[] {
  return once(evidence, windowWakes, `${spanKey(window)} ${target}`, () =>
    windowWakesOf(evidence, target, window),
  );
}

function windowWakesOf(evidence: Evidence, target: string, window: TimeSpan): WindowWakes[] {
  const members = new Map<number, WatchedProcess>();
  for (const process of evidence.processes) if (process.target === target) members.set(process.id, process);
  const known = new ByValues<Merged[]>();
  const kinds: Merged[][] = [];
  for (const stretch of evidence.wakes) {
    const process = members.get(stretch.processId);
    const count = countInside(stretch, window);
    if (process === undefined || count === 0) continue;
    const { tid, call, timeoutIs, wokenBy, waker } = stretch;
    const kind = [process.id, tid, call, timeoutIs, wokenBy, waker];
    let alike = known.get(kind);
    if (alike === undefined) {
      alike = [];
      known.set(kind, alike);
      kinds.push(alike);
    }
    merge(alike, process, stretch, count);
  }
  const atLeast = hasHoles(evidence, target, window);
  const minutes = (window.toMs - window.fromMs) / 60_000;
  return kinds
    .flat()
    .map(({ process, chief, count, estimate }) => ({
      process,
      tid: chief.tid,
      thread: chief.thread,
      call: chief.call,
      timeoutMs: chief.timeoutMs,
      timeoutIs: chief.timeoutIs,
      wokenBy: chief.wokenBy,
      waker: chief.waker,
      intervalMs: chief.intervalMs,
      count,
      perMinute: minutes > 0 ? estimate / minutes : 0,
      sampledShare: count / estimate,
      atLeast,
    }))
    .sort((a, b) => b.perMinute - a.perMinute);
}

/** Adds a stretch to the wakes of its kind with the same timeout. */
function merge(alike: Merged[], process: WatchedProcess, stretch: WakeStretch, count: number): void {
  const { timeoutMs, sampledShare } = stretch;
  const known = alike.find(
    ({ chief }) =>
      timeoutMs === null || (chief.timeoutMs !== null && isSameTimeout(chief.timeoutMs, timeoutMs)),
  );
  const estimate = count / sampledShare;
  if (known === undefined) {
    alike.push({ process, chief: stretch, count, estimate });
    return;
  }
  known.count += count;
  known.estimate += estimate;
  if (stretch.count > known.chief.count) known.chief = stretch;
}

/** Of a stretch that reaches beyond the window, the part that falls into it if its wakes lie evenly. */
function countInside(stretch: WakeStretch, window: TimeSpan): number {
  if (stretch.fromMs === stretch.toMs) return holds(window, stretch.fromMs) ? stretch.count : 0;
  const insideMs = Math.min(stretch.toMs, window.toMs) - Math.max(stretch.fromMs, window.fromMs);
  return insideMs <= 0 ? 0 : Math.round((stretch.count * insideMs) / (stretch.toMs - stretch.fromMs));
}

function hasHoles({ gaps, run }: Evidence, target: string, window: TimeSpan): boolean {
  return gaps.some(
    (gap) =>
      gap.collector === 'trace' &&
      (gap.target === null || gap.target === target) &&
      partInside(gap, window, run.tickMs) !== null,
  );
}
