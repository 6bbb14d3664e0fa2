import type { Evidence, Window } from '../../model/evidence.ts';
import type { Coverage } from '../../model/proof.ts';
import { collectorGaps, coverTicks, periodExcluded } from '../coverage/coverage.ts';
import { exposedNetwork } from '../coverage/exposure.ts';
import { loopGaps } from '../derive/timeline.ts';

/** What the evidence of a window covers and what that excludes, for all targets together: the weakest counts. */
export function describeCoverage(evidence: Evidence, window: Window): Coverage {
  const { ticks, share } = coverTicks(evidence, window);
  return {
    ticks,
    share,
    collectors: [...evidence.collectors],
    excludes: {
      periodSeconds: longestPeriod(evidence, window),
      connectionLifetimeSeconds: shortestConnection(evidence, window, ticks.longestGapSeconds),
    },
  };
}

/** Of the longest stretch without a gap: what happened in a gap is not known. */
function longestPeriod(evidence: Evidence, window: Window): { max: number; confidence: number } | null {
  const gaps = loopGaps(evidence, window).toSorted((a, b) => a.fromMs - b.fromMs);
  let longestMs = 0;
  let fromMs = window.fromMs;
  for (const gap of [...gaps, { fromMs: window.toMs, toMs: window.toMs }]) {
    longestMs = Math.max(longestMs, gap.fromMs - fromMs);
    fromMs = Math.max(fromMs, gap.toMs);
  }
  return longestMs > 0 ? periodExcluded(longestMs) : null;
}

function shortestConnection(
  evidence: Evidence,
  window: Window,
  longestStepSeconds: number,
): { min: number } | null {
  const reports = evidence.collectors.filter(({ name }) => name === 'sockets');
  const targets = evidence.targets.map(({ name }) => name);
  const isWhole = reports.length > 0 && reports.every(({ status, lost }) => status === 'ok' && lost === 0);
  const isBlind = targets.some((target) => collectorGaps(evidence, 'sockets', target, window).length > 0);
  if (!isWhole || isBlind) return null;
  const nothingMissed =
    loopGaps(evidence, window).length === 0 &&
    targets.every((target) => exposedNetwork(evidence, target, window, false).tier === 'counter');
  return { min: nothingMissed ? 0 : longestStepSeconds };
}
