import { DATA_PREFIX } from './fields.ts';
import type { ConditionMap, Match } from './pack.ts';

/** The fields of the app's own that each map of a match names, without what stands before them. */
export function namedData(match: Match | undefined): { map: ConditionMap; names: string[] }[] {
  if (match === undefined) return [];
  return [match].flat().map((map) => ({
    map,
    names: [...new Set(Object.keys(map).map((key) => key.split('|')[0] ?? ''))]
      .filter((name) => name.startsWith(DATA_PREFIX))
      .map((name) => name.slice(DATA_PREFIX.length)),
  }));
}
