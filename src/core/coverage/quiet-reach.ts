import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { once, spanKey } from '../derive/once.ts';
import { excludedUpTo } from '../periodicity/exclusion.ts';

/** How sure it must be that a beat of an excluded period had shown itself. */
export const CONFIDENCE = 0.95;

/**
 * The longest period that an exposure without any event excludes, in milliseconds; 0: none. A timer of a command that the
 * run started may run since its launch: its phase is not free, so that both have to be excluded.
 */
export function quietReachMs(evidence: Evidence, target: string, exposure: readonly TimeSpan[]): number {
  return once(evidence, quietReachMs, `${exposure.map(spanKey).join(' ')} ${target}`, () =>
    reachOf(evidence, target, exposure),
  );
}

function reachOf({ targets, processes }: Evidence, target: string, exposure: readonly TimeSpan[]): number {
  const free = excludedUpTo(CONFIDENCE, { exposure });
  const isStarted = targets.find(({ name }) => name === target)?.selector.by === 'command';
  const launched = processes.find((process) => process.target === target);
  if (!isStarted || launched === undefined) return free;
  return Math.min(free, excludedUpTo(CONFIDENCE, { exposure, lockedAtMs: launched.startedAtMs }));
}
