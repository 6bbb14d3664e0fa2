import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { activitiesOf } from './activities-of.ts';
import { lazily, once, spanKey } from './once.ts';
import { partInside, union } from './spans.ts';

/** A stretch between two looks; `looks` of them end in it when nothing was read but at its end. */
export interface LookInterval extends TimeSpan {
  looks: number;
}

/** Two looks further apart than this many ticks are a gap. */
export const GAP_TICKS = 2.5;

/** A single gap longer than this many ticks: the watchdog was not there to vouch, whatever the tier. */
export const MAX_GAP_TICKS = 5;

/**
 * Stretches of a window in which nothing was looked at. Beside the gaps that the run recorded, those that its looks
 * show by themselves: a run that was killed could not write down that it stopped looking.
 */
export function loopGaps(evidence: Evidence, window: TimeSpan): readonly TimeSpan[] {
  return once(evidence, loopGaps, spanKey(window), () => loopGapsOf(evidence, window));
}

function loopGapsOf(evidence: Evidence, window: TimeSpan): TimeSpan[] {
  const allowedMs = GAP_TICKS * evidence.run.tickMs;
  const found: TimeSpan[] = evidence.gaps.filter((gap) => gap.collector === 'loop');
  let lastLookMs = window.fromMs;
  const unlooked = (toMs: number): void => {
    if (toMs - lastLookMs > allowedMs) found.push({ fromMs: lastLookMs, toMs });
  };
  for (const range of evidence.looks.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (range.toMs < window.fromMs || range.fromMs > window.toMs) continue;
    unlooked(range.fromMs);
    if (range.longestStepMs > allowedMs && !found.some((gap) => touches(gap, range))) {
      const fromMs = Math.max(range.fromMs, window.fromMs);
      found.push({ fromMs, toMs: Math.min(fromMs + range.longestStepMs, range.toMs) });
    }
    lastLookMs = Math.max(lastLookMs, range.toMs);
  }
  unlooked(window.toMs);
  return union(found.flatMap((gap) => partInside(gap, window, evidence.run.tickMs) ?? []));
}

/**
 * The looks of a window as consecutive intervals: one a look where something was read, one for a whole quiet stretch.
 * The looks of a stretch are only counted in the evidence; where they were follows from what was read when.
 */
export function lookIntervals(evidence: Evidence, window: TimeSpan): readonly LookInterval[] {
  return once(evidence, lookIntervals, spanKey(window), () => lookIntervalsOf(evidence, window));
}

function lookIntervalsOf(evidence: Evidence, window: TimeSpan): LookInterval[] {
  const { tickMs } = evidence.run;
  const { times } = evidence.samples;
  const programs = lazily(() => new Set(activitiesOf(evidence, 'process').map(({ atMs }) => atMs)));
  const isRead = (atMs: number): boolean => times.has(atMs) || programs().has(atMs);
  const gaps = loopGaps(evidence, window);
  const known = timesIn(evidence, window, gaps);
  const intervals: LookInterval[] = [];
  let nextGap = 0;
  for (let index = 1; index < known.length; index += 1) {
    const fromMs = known[index - 1] ?? 0;
    const toMs = known[index] ?? 0;
    while ((gaps[nextGap]?.toMs ?? Number.POSITIVE_INFINITY) <= fromMs) nextGap += 1;
    const gap = gaps[nextGap];
    const unlooked = gap !== undefined && gap.fromMs <= fromMs;
    const looks = unlooked ? 1 : Math.max(1, Math.round((toMs - fromMs) / tickMs));
    if (looks > 1 && isRead(toMs)) {
      const stepMs = (toMs - fromMs) / looks;
      intervals.push(
        { fromMs, toMs: toMs - stepMs, looks: looks - 1 },
        { fromMs: toMs - stepMs, toMs, looks: 1 },
      );
    } else {
      intervals.push({ fromMs, toMs, looks });
    }
  }
  return joinShort(intervals, tickMs / 2);
}

/** All times of a window that anything tells of, its edges among them; each once, in order. */
function timesIn(evidence: Evidence, window: TimeSpan, gaps: readonly TimeSpan[]): Float64Array {
  const times: number[] = [];
  const add = (atMs: number): void => {
    if (atMs >= window.fromMs && atMs <= window.toMs) times.push(atMs);
  };
  add(window.fromMs);
  add(window.toMs);
  for (const atMs of evidence.samples.times) add(atMs);
  for (const { atMs } of activitiesOf(evidence, 'process')) add(atMs);
  for (const spans of [evidence.looks, gaps])
    for (const { fromMs, toMs } of spans) {
      add(fromMs);
      if (toMs !== fromMs) add(toMs);
    }
  // Numbers are sorted more quickly than a set of them is made.
  return new Float64Array(times).sort().filter((atMs, index, sorted) => atMs !== sorted[index - 1]);
}

/** An edge of the window a moment before or after a look is no look of its own: a rate over it would mean nothing. */
function joinShort(intervals: readonly LookInterval[], shortestMs: number): LookInterval[] {
  const joined: LookInterval[] = [];
  for (const interval of intervals) {
    const last = joined.at(-1);
    const isShort = interval.toMs - interval.fromMs < shortestMs;
    if (last !== undefined && (isShort || last.toMs - last.fromMs < shortestMs)) {
      last.toMs = interval.toMs;
      last.looks = Math.max(last.looks, interval.looks);
    } else {
      joined.push(interval);
    }
  }
  return joined;
}

function touches(one: TimeSpan, other: TimeSpan): boolean {
  return one.toMs >= other.fromMs && one.fromMs <= other.toMs;
}
