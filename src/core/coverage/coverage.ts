import type { CollectorName } from '../../model/collector.ts';
import type { Evidence, Gap } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { once, spanKey } from '../derive/once.ts';
import { longestMs, partInside, totalMs } from '../derive/spans.ts';
import { loopGaps } from '../derive/timeline.ts';

export interface TickCoverage {
  ticks: { expected: number; taken: number; longestGapSeconds: number };
  /** Share of the window that was looked at, 0 to 1. */
  share: number;
}

/** How much of a window the loop looked at. `longestGapSeconds` is the longest time between two looks. */
export function coverTicks(evidence: Evidence, window: TimeSpan): TickCoverage {
  return once(evidence, coverTicks, spanKey(window), () => tickCoverageOf(evidence, window));
}

function tickCoverageOf(evidence: Evidence, window: TimeSpan): TickCoverage {
  const { tickMs } = evidence.run;
  const gaps = loopGaps(evidence, window);
  const durationMs = window.toMs - window.fromMs;
  const taken = looksIn(evidence, window);
  const usualStepMs = taken === 0 ? durationMs : longestStepIn(evidence, window);
  return {
    ticks: {
      expected: Math.round(durationMs / tickMs),
      taken,
      longestGapSeconds: Math.max(usualStepMs, longestMs(gaps)) / 1000,
    },
    share: shareOutside(gaps, window),
  };
}

/** Gaps of a collector in a window that concern a target; those of the loop are in `loopGaps`. */
export function collectorGaps(
  evidence: Evidence,
  collector: CollectorName,
  target: string,
  window: TimeSpan,
): Gap[] {
  return evidence.gaps.flatMap((gap) => {
    const concerns = gap.collector === collector && (gap.target === null || gap.target === target);
    const part = concerns ? partInside(gap, window, evidence.run.tickMs) : null;
    return part === null ? [] : [{ ...gap, ...part }];
  });
}

/** Share of a window that lies outside of gaps; a window without duration is covered by its look. */
export function shareOutside(gaps: readonly TimeSpan[], window: TimeSpan): number {
  const durationMs = window.toMs - window.fromMs;
  if (durationMs <= 0) return gaps.length === 0 ? 1 : 0;
  return Math.min(1, Math.max(0, 1 - totalMs(gaps) / durationMs));
}

/** Looks after the opening one; those of a range lie evenly in it. */
function looksIn(evidence: Evidence, window: TimeSpan): number {
  let count = 0;
  for (const range of evidence.looks) {
    if (range.toMs < window.fromMs || range.fromMs > window.toMs) continue;
    const stepMs = range.looks > 1 ? (range.toMs - range.fromMs) / (range.looks - 1) : 0;
    if (stepMs === 0) {
      count += range.fromMs > window.fromMs ? Math.max(1, range.looks) : 0;
      continue;
    }
    const before = Math.floor((window.fromMs - range.fromMs) / stepMs + 1e-6) + 1;
    const until = Math.floor((window.toMs - range.fromMs) / stepMs + 1e-6) + 1;
    count += Math.min(range.looks, until) - Math.max(0, before);
  }
  return Math.max(0, count);
}

/** The longest step between looks that lie in the window; longer ones than a gap allows are in `loopGaps`. */
function longestStepIn(evidence: Evidence, window: TimeSpan): number {
  return evidence.looks
    .filter((range) => range.toMs > window.fromMs && range.fromMs <= window.toMs)
    .reduce(
      (longest, range) => Math.max(longest, Math.min(range.longestStepMs, range.toMs - window.fromMs)),
      0,
    );
}
