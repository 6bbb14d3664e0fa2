import { compileBeginning, compilePattern } from './conditions/pattern.ts';
import type { Match } from './pack.ts';

/** A whole path, or how one begins, that a match names, and where it stands in it. */
export interface PathValue {
  value: string;
  path: (string | number)[];
  /** Whether a file of that name can lie in a folder, or be it. */
  canLieIn: (folder: string) => boolean;
}

/** Paths that a match about files names so that they lie in one place; parts of paths and expressions can lie anywhere. */
export function pathValues(match: Match | undefined): PathValue[] {
  if (match === undefined) return [];
  const maps = Array.isArray(match)
    ? match.map((map, index) => ({ map, at: [index] as (string | number)[] }))
    : [{ map: match, at: [] }];
  return maps.flatMap(({ map, at }) =>
    Object.entries(map).flatMap(([key, given]) => {
      const [field, ...modifiers] = key.split('|');
      const others = modifiers.filter((one) => one !== 'startswith' && one !== 'all');
      if (field !== 'path' || others.length > 0) return [];
      const anchor = modifiers.includes('startswith') ? 'startswith' : 'whole';
      return [given].flat().flatMap((value, index) => {
        if (typeof value !== 'string') return [];
        const path = [...at, key, ...(Array.isArray(given) ? [index] : [])];
        const isPath = compilePattern(value, anchor);
        const leadsTo = compileBeginning(value, anchor);
        const canLieIn = (folder: string): boolean =>
          isPath(folder) || leadsTo(folder.endsWith('/') ? folder : `${folder}/`) !== 'no';
        return [{ value, path, canLieIn }];
      });
    }),
  );
}
