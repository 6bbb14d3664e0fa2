import { isSameTimeout } from '../../../core/derive/timeouts.ts';
import type { WakeStretch } from '../../../model/wake.ts';
import { BoundedMedian } from './bounded-median.ts';
import type { WakeCause } from './wake-cause.ts';

/** One wake of a thread, explained. */
export interface ExplainedWake extends WakeCause {
  atMs: number;
  waker: string | null;
}

/** What groups know: everything but whose they are. */
export type WakeGroup = Omit<WakeStretch, 'processId' | 'tid' | 'thread' | 'sampledShare'>;

/** A thread has few reasons to wake; one with more is told in one group. */
const MOST_GROUPS = 64;
const MOST_SENDERS = 8;
/** Enough of them for a period to be found in; a busy thread reaches it within each stretch. */
const MOST_TIMES = 64;
/** A program that was running when so many of the packets came is their sender; any other was only interrupted. */
const SENDER_SHARE = 0.8;

interface Growing {
  cause: WakeCause;
  waker: string | null;
  count: number;
  fromMs: number;
  toMs: number;
  /** The wake before in this group; null after a pause. */
  lastMs: number | null;
  intervals: BoundedMedian;
  timesMs: number[];
  /** A wake after the last of these times may be missing. */
  isTimed: boolean;
  timeouts: BoundedMedian;
  senders: Map<string, number>;
}

/** The wakes of one thread, by reason. */
export class WakeGroups {
  readonly #groups: Map<string, Growing[]> = new Map();
  #size = 0;

  add(wake: ExplainedWake): void {
    const { atMs, timeoutMs, waker } = wake;
    const group = this.#groupFor(wake);
    group.count += 1;
    if (group.lastMs !== null) group.intervals.add(atMs - group.lastMs);
    group.lastMs = atMs;
    group.toMs = atMs;
    if (group.isTimed && group.timesMs.length < MOST_TIMES) group.timesMs.push(atMs);
    if (timeoutMs !== null) group.timeouts.add(timeoutMs);
    if (wake.wokenBy !== 'packet' || waker === null) return;
    if (group.senders.has(waker) || group.senders.size < MOST_SENDERS) {
      group.senders.set(waker, (group.senders.get(waker) ?? 0) + 1);
    }
  }

  /** Records are missing here: no interval is taken across. */
  pause(): void {
    for (const group of this.#all()) {
      group.lastMs = null;
      group.isTimed = false;
    }
  }

  finish(): WakeGroup[] {
    return this.#all().map(
      ({ cause, waker, count, fromMs, toMs, intervals, timesMs, timeouts, senders }) => ({
        ...cause,
        timeoutMs: timeouts.median,
        waker: cause.wokenBy === 'packet' ? senderOf(senders, count) : waker,
        count,
        fromMs,
        toMs,
        intervalMs: intervals.median,
        timesMs,
      }),
    );
  }

  #all(): Growing[] {
    return [...this.#groups.values()].flat();
  }

  #groupFor(wake: ExplainedWake): Growing {
    const { call, timeoutMs, timeoutIs, wokenBy, atMs } = wake;
    // Who runs when a packet comes says little about a single one.
    const waker = wokenBy === 'packet' ? null : wake.waker;
    const alike = this.#listFor(JSON.stringify([call, timeoutIs, wokenBy, waker]));
    const known = alike.find(
      ({ cause }) =>
        timeoutMs === null || (cause.timeoutMs !== null && isSameTimeout(cause.timeoutMs, timeoutMs)),
    );
    if (known !== undefined) return known;
    const isFull = this.#size >= MOST_GROUPS;
    const list = isFull ? this.#listFor('rest') : alike;
    const [rest] = list;
    if (isFull && rest !== undefined) return rest;
    const cause: WakeCause = isFull
      ? { call: null, timeoutMs: null, timeoutIs: null, wokenBy: 'mixed' }
      : { call, timeoutMs, timeoutIs, wokenBy };
    const group: Growing = {
      cause,
      waker: isFull ? null : waker,
      count: 0,
      fromMs: atMs,
      toMs: atMs,
      lastMs: null,
      intervals: new BoundedMedian(),
      timesMs: [],
      isTimed: true,
      timeouts: new BoundedMedian(),
      senders: new Map(),
    };
    list.push(group);
    this.#size += 1;
    return group;
  }

  #listFor(key: string): Growing[] {
    const list = this.#groups.get(key) ?? [];
    if (this.#size < MOST_GROUPS || key === 'rest') this.#groups.set(key, list);
    return list;
  }
}

function senderOf(senders: ReadonlyMap<string, number>, count: number): string | null {
  const [top] = [...senders].sort(([, a], [, b]) => b - a);
  return top !== undefined && top[1] >= SENDER_SHARE * count ? top[0] : null;
}

/** Several groups as one. */
export function restOf(groups: readonly WakeGroup[]): WakeGroup {
  return {
    fromMs: Math.min(...groups.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...groups.map(({ toMs }) => toMs)),
    call: null,
    timeoutMs: null,
    timeoutIs: null,
    wokenBy: 'mixed',
    waker: null,
    count: groups.reduce((sum, { count }) => sum + count, 0),
    intervalMs: null,
    timesMs: [],
  };
}
