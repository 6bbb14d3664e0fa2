import type { Evidence, Window } from '../../model/evidence.ts';
import type { Coverage } from '../../model/proof.ts';
import { collectorGaps, coverTicks, periodExcluded } from '../coverage/coverage.ts';
import { exposedNetwork } from '../coverage/exposure.ts';

/** What the evidence of a window covers and what that excludes, for all targets together: the weakest counts. */
export function describeCoverage(evidence: Evidence, window: Window): Coverage {
  const { ticks, share } = coverTicks(evidence, window);
  return {
    ticks,
    share,
    collectors: [...evidence.collectors],
    excludes: {
      periodSeconds: periodExcluded(window.toMs - window.fromMs),
      connectionLifetimeSeconds: shortestConnection(evidence, window, ticks.longestGapSeconds),
    },
  };
}

function shortestConnection(
  evidence: Evidence,
  window: Window,
  longestStepSeconds: number,
): { min: number } | null {
  const sockets = evidence.collectors.find(({ name }) => name === 'sockets');
  const targets = evidence.targets.map(({ name }) => name);
  const blind = targets.some((target) => collectorGaps(evidence, 'sockets', target, window).length > 0);
  if (sockets === undefined || sockets.status === 'unavailable' || blind) return null;
  const lifted = targets.every(
    (target) => exposedNetwork(evidence, target, window, false).tier === 'counter',
  );
  return { min: lifted ? 0 : longestStepSeconds };
}
