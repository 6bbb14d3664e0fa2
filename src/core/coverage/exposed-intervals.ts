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
    const moved = movements(life);
    if (moved === null) return null;
    for (const atMs of moved) if (holds(window, atMs)) moments.add(atMs);
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

/** When a process was found to have run, started or ended; null where its clock was never read. */
function movements(life: Lifetime): number[] | null {
  const moments: number[] = [];
  let last: number | undefined;
  const { atMs, values } = life.readings('cpuNs');
  for (const [index, cpuNs] of values.entries()) {
    if (cpuNs === last) continue;
    moments.push(atMs[index] as number);
    last = cpuNs;
  }
  if (life.exitMs !== null) moments.push(life.exitMs);
  if (life.looksAtMs.length === 0) moments.push(life.fromMs);
  // Of one that came and went between two looks, these are all the moments there are.
  const isGlimpsed = life.looksAtMs.length === 0 && life.exitMs !== null;
  return last === undefined && !isGlimpsed ? null : moments;
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
