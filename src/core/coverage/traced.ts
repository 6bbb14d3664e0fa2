import type { CollectorReport, Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { controlsIn } from './controls.ts';
import { collectorGaps } from './coverage.ts';

/** Whether a trace missed nothing at all while it ran, as it says of itself; gaps are another matter. */
export function isWhole({ status, tier, lost }: CollectorReport): boolean {
  return status === 'ok' && tier === 'zero-miss' && lost === 0;
}

/**
 * Whether the kernel recorded, and the watchdog read, all that a target did in a window: nothing could be missed. What the
 * watchdog did itself must be in it, too.
 */
export function isTraced(evidence: Evidence, target: string, window: TimeSpan): boolean {
  const reports = evidence.collectors.filter(
    (one) => one.name === 'trace' && (one.target === null || one.target === target),
  );
  return (
    reports.length > 0 &&
    reports.every(isWhole) &&
    collectorGaps(evidence, 'trace', target, window).length === 0 &&
    (controlsIn(evidence, window) ?? []).every(({ caughtBy }) => caughtBy.includes('trace'))
  );
}
