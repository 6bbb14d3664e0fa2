import type { Evidence, Window } from '../../model/evidence.ts';
import type { Coverage } from '../../model/proof.ts';
import { collectorGaps, coverTicks } from '../coverage/coverage.ts';
import { countersShow } from '../coverage/controls.ts';
import { exposedNetwork } from '../coverage/exposed-network.ts';
import { isTraced } from '../coverage/traced.ts';
import { CONFIDENCE, quietReachMs } from '../coverage/quiet-reach.ts';
import { outside } from '../derive/spans.ts';
import { loopGaps } from '../derive/timeline.ts';

/** What the evidence of a window covers and what that excludes, for all targets together: the weakest counts. */
export function describeCoverage(evidence: Evidence, window: Window): Coverage {
  const { ticks, share } = coverTicks(evidence, window);
  return {
    ticks,
    share,
    collectors: [...evidence.collectors],
    excludes:
      window.kind === 'measure'
        ? NOTHING_EXCLUDED
        : {
            periodSeconds: longestPeriod(evidence, window),
            connectionLifetimeSeconds: shortestConnection(evidence, window, ticks.longestGapSeconds),
          },
  };
}

/** While we use a target ourselves, nothing is excluded. */
const NOTHING_EXCLUDED: Coverage['excludes'] = { periodSeconds: null, connectionLifetimeSeconds: null };

/**
 * The longest beat that would have shown itself in a window without any event, whatever its phase: gaps can hide some. Of
 * a command that the run started, timers may run since the launch, and have shown themselves only if they are not longer.
 */
function longestPeriod(evidence: Evidence, window: Window): { max: number; confidence: number } | null {
  const exposure = outside(window, loopGaps(evidence, window));
  const maxMs = Math.min(...evidence.targets.map(({ name }) => quietReachMs(evidence, name, exposure)));
  return maxMs > 0 && Number.isFinite(maxMs) ? { max: maxMs / 1000, confidence: CONFIDENCE } : null;
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
