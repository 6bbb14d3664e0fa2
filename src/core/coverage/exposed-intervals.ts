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
  const moments = new Set<number>();
  for (const life of here) {
    if (!addMovements(life, window, moments)) return null;
  }
  const sorted = [...moments].sort((a, b) => a - b);
  let next = 0;
  return lookIntervals(evidence, window).flatMap(({ fromMs }, index, intervals) => {
    const end = intervals[index + 1]?.fromMs ?? window.toMs;
    let lastMs: number | null = null;
    for (let atMs = sorted[next]; atMs !== undefined && atMs <= end; atMs = sorted[next]) {
      lastMs = atMs;
      next += 1;
    }
    return lastMs === null ? [] : [{ fromMs, toMs: lastMs }];
  });
}

/** Adds when a process was found to have run, started or ended in a window; false where its clock was never read. */
function addMovements(life: Lifetime, window: TimeSpan, moments: Set<number>): boolean {
  const add = (atMs: number): void => {
    if (holds(window, atMs)) moments.add(atMs);
  };
  const { atMs, values } = life.readings('cpuNs');
  for (let index = 0; index < values.length; index += 1) {
    if (values[index] !== values[index - 1]) add(atMs[index] as number);
  }
  if (life.exitMs !== null) add(life.exitMs);
  if (life.looksAtMs.length > 0) return values.length > 0;
  add(life.fromMs);
  // Of one that came and went between two looks, these are all the moments there are.
  return values.length > 0 || life.exitMs !== null;
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
