import { distance } from 'fastest-levenshtein';
import { CONFIG_KEYS } from './config-schema.ts';

/** What people write: rules, what is watched, a phase gate of it, or examples of rules. */
export type DocumentKind = 'pack' | 'configuration' | 'gates' | 'examples';

/** The key that no document of a kind is without. */
const MARKS: readonly (readonly [string, DocumentKind])[] = [
  ['pack', 'pack'],
  ['gates', 'gates'],
  ['targets', 'configuration'],
  ['examples', 'examples'],
];
/** `tick` is no mistyped `pack`. */
const isNear = (key: string, mark: string): boolean =>
  distance(key.toLowerCase(), mark) <= Math.ceil(mark.length / 4);

/** By the key that tells, also where that is mistyped; else by keys that only a configuration has, and by what `rules` are. */
export function kindOfDocument(value: unknown): DocumentKind {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'pack';
  const keys = Object.keys(value);
  const marked =
    MARKS.find(([mark]) => keys.includes(mark)) ??
    MARKS.find(([mark]) => keys.some((key) => isNear(key, mark)));
  if (marked !== undefined) return marked[1];
  const rules: unknown = 'rules' in value ? value.rules : undefined;
  const namesPacks = Array.isArray(rules) && rules.some((rule) => typeof rule === 'string');
  const isConfiguration = keys.some((key) => key !== 'rules' && CONFIG_KEYS.includes(key));
  return namesPacks || isConfiguration ? 'configuration' : 'pack';
}
