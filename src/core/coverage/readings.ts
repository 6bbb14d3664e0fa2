import type { Evidence } from '../../model/evidence.ts';
import type { CounterReading } from '../../model/sample.ts';

/**
 * The readings of one scope, in order of time.
 * @param counters without all of which a reading says nothing
 */
export function readingsOf(
  evidence: Evidence,
  scope: string,
  counters: readonly string[] = [],
): CounterReading[] {
  return evidence.counters
    .filter((one) => one.scope === scope && counters.every((name) => one.values[name] !== undefined))
    .sort((one, other) => one.atMs - other.atMs);
}
