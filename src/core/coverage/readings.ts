import type { Evidence } from '../../model/evidence.ts';
import type { CounterReading } from '../../model/sample.ts';
import { once } from '../derive/once.ts';

/**
 * The readings of one scope, in order of time.
 * @param counters without all of which a reading says nothing
 */
export function readingsOf(
  evidence: Evidence,
  scope: string,
  counters: readonly string[] = [],
): readonly CounterReading[] {
  return once(evidence, readingsOf, JSON.stringify([scope, ...counters]), () =>
    evidence.counters
      .filter((one) => one.scope === scope && counters.every((name) => one.values[name] !== undefined))
      .sort((one, other) => one.atMs - other.atMs),
  );
}
