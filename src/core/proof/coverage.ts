import type { Evidence, Window } from '../../model/evidence.ts';
import type { Coverage } from '../../model/proof.ts';
import { collectorGaps, coverTicks, periodExcluded } from '../coverage/coverage.ts';
import { countersShow } from '../coverage/controls.ts';
import { exposedNetwork } from '../coverage/exposure.ts';
import { isTraced } from '../coverage/traced.ts';
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

/** 0 where every target was traced, or nothing else moved what counts; else the longest step between two looks. */
function shortestConnection(
  evidence: Evidence,
  window: Window,
  longestStepSeconds: number,
): { min: number } | null {
  const hasGaps = loopGaps(evidence, window).length > 0;
  const steps = evidence.targets.map(({ name }) => {
    if (isTraced(evidence, name, window)) return hasGaps ? longestStepSeconds : 0;
    if (!wereSocketsSeen(evidence, name, window)) return null;
    const { tier, ran } = exposedNetwork(evidence, name, window, false);
    const isShown = !ran || countersShow(evidence, window, ['tcp', 'udp']);
    return !hasGaps && tier === 'counter' && isShown ? 0 : longestStepSeconds;
  });
  const known = steps.filter((step) => step !== null);
  return known.length < steps.length || known.length === 0 ? null : { min: Math.max(...known) };
}

function wereSocketsSeen(evidence: Evidence, target: string, window: Window): boolean {
  const reports = evidence.collectors.filter(
    (one) => one.name === 'sockets' && (one.target === null || one.target === target),
  );
  const isWhole = reports.length > 0 && reports.every(({ status, lost }) => status === 'ok' && lost === 0);
  return isWhole && collectorGaps(evidence, 'sockets', target, window).length === 0;
}
