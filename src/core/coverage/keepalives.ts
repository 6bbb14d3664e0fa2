import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { lifetimes, livedIn } from '../derive/lifetimes.ts';
import { once, spanKey } from '../derive/once.ts';
import { enclose } from './enclosing.ts';
import { readingsOf } from './readings.ts';

/** As readings of a network namespace call it. */
const COUNTER = 'tcpKeepAlives';

/**
 * How many keepalives the kernel sent in a window in the network namespaces of a target, for whomever: no record tells of
 * them one by one. null: they were not counted throughout.
 */
export function keepalivesCounted(evidence: Evidence, target: string, window: TimeSpan): number | null {
  return once(evidence, keepalivesCounted, `${spanKey(window)} ${target}`, () =>
    keepalivesIn(evidence, target, window),
  );
}

function keepalivesIn(evidence: Evidence, target: string, window: TimeSpan): number | null {
  const lives = lifetimes(evidence, target).filter((life) => livedIn(life, window));
  const scopes = new Set(lives.map(({ process }) => process.networkScope));
  if (scopes.size === 0) return null;
  let count = 0;
  for (const scope of scopes) {
    if (scope === null) return null;
    const readings = readingsOf(evidence, scope, [COUNTER]);
    const enclosures = enclose(readings, [window], window);
    if (enclosures === null) return null;
    for (const { deltas } of enclosures) count += deltas[COUNTER] ?? 0;
  }
  return count;
}
