import type { Evidence } from '../../model/evidence.ts';
import type { TimeSpan } from '../../model/time.ts';
import { growth } from './enclosing.ts';
import { readingsOf } from './readings.ts';

/** What only a counter told of, in words, and how much of it. */
interface Untold {
  what: string;
  count: number;
}

const MEANINGS: Readonly<Record<string, string>> = {
  unroutable: 'packet without a route',
  undated: 'connection or segment told too late',
  mergedSegments: 'TCP segment sent in one packet with others',
};

/** The network namespace that holds a target and nothing else; null where it shares one. */
export function ownNetworkOf({ targets }: Evidence, target: string): string | null {
  return targets.find(({ name }) => name === target)?.ownNetwork ?? null;
}

/**
 * What a target's own network namespace counted in a window without its becoming an activity. A reading of `own-network:<target>`
 * says that by its time everything that had been counted was told, but for what it names; so there must be one on either side
 * of the window, and what failed in between is in the collector's gaps.
 * null: not known, nobody accounted for it.
 */
export function untoldInOwnNetwork(evidence: Evidence, target: string, window: TimeSpan): Untold[] | null {
  const readings = readingsOf(evidence, `own-network:${target}`);
  const first = readings.findLast(({ atMs }) => atMs <= window.fromMs);
  const last = readings.find(({ atMs }) => atMs >= window.toMs);
  const grown = first === undefined || last === undefined ? null : growth(first, last);
  if (grown === null) return null;
  return Object.entries(grown)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => ({ what: MEANINGS[name] ?? name, count }));
}
