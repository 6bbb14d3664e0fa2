import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { type Lifetime, livedIn } from '../derive/lifetimes.ts';
import { holds, partInside } from '../derive/spans.ts';
import { lookIntervals } from '../derive/timeline.ts';

/**
 * The stretches between two looks in which processes could have initiated something: the CPU clock of one of them
 * moved, or one started or ended. A process whose clock did not move made no system call.
 * null: not known, so everything is exposed.
 */
export function exposedIntervals(
  evidence: Evidence,
  target: string,
  lives: readonly Lifetime[],
  window: TimeSpan,
): TimeSpan[] | null {
  const here = lives.filter((life) => livedIn(life, window));
  // A portable CPU time has steps of 10 ms or more: that it stood still does not show that nothing ran.
  if (evidence.run.collectors === 'portable') return null;
  if (here.length === 0 || !clockIsKnown(evidence, target, window)) return null;
  const intervals = lookIntervals(evidence, window);
  const ends = new Float64Array(intervals.map((_, index) => intervals[index + 1]?.fromMs ?? window.toMs));
  const lastMs = new Float64Array(intervals.length).fill(Number.NEGATIVE_INFINITY);
  for (const life of here) {
    const momentsMs = movementsOf(life, window);
    if (momentsMs === null) return null;
    noteLast(lastMs, ends, momentsMs);
  }
  return intervals.flatMap(({ fromMs }, index) => {
    const toMs = lastMs[index] as number;
    return toMs === Number.NEGATIVE_INFINITY ? [] : [{ fromMs, toMs }];
  });
}

/**
 * Notes the last moment of each interval.
 * @param lastMs of each interval so far; minus infinity: none
 * @param momentsMs when a process was found to have run, started or ended, in order of time
 */
function noteLast(lastMs: Float64Array, ends: Float64Array, momentsMs: Float64Array): void {
  let index = 0;
  for (const momentMs of momentsMs) {
    while (index < ends.length && momentMs > (ends[index] as number)) index += 1;
    if (index === ends.length) return;
    if (momentMs > (lastMs[index] as number)) lastMs[index] = momentMs;
  }
}

/** Those of a window; null where its clock was never read. */
function movementsOf(life: Lifetime, window: TimeSpan): Float64Array | null {
  const { atMs, values } = life.readings('cpuNs');
  const exits = life.exitMs === null ? [] : [life.exitMs];
  // Of one that came and went between two looks, these are all the moments there are.
  const isLookedAt = life.looksAtMs.length > 0;
  if (values.length === 0 && (isLookedAt || life.exitMs === null)) return null;
  const others = [...exits, ...(isLookedAt ? [] : [life.fromMs])];
  const moments = new Float64Array(values.length + others.length);
  let count = 0;
  const add = (momentMs: number): void => {
    if (!holds(window, momentMs)) return;
    moments[count] = momentMs;
    count += 1;
  };
  for (let index = 0; index < values.length; index += 1)
    if (values[index] !== values[index - 1]) add(atMs[index] as number);
  for (const momentMs of others) add(momentMs);
  const found = moments.subarray(0, count);
  return others.length === 0 ? found : found.sort();
}

function clockIsKnown(evidence: Evidence, target: string, window: TimeSpan): boolean {
  const concerns = (one: { target: string | null }): boolean => one.target === null || one.target === target;
  const reports = evidence.collectors.filter((report) => report.name === 'cpu' && concerns(report));
  const failed = evidence.gaps.some(
    (gap) =>
      gap.collector === 'cpu' && concerns(gap) && partInside(gap, window, evidence.run.tickMs) !== null,
  );
  return reports.length > 0 && reports.every((report) => report.status === 'ok') && !failed;
}
