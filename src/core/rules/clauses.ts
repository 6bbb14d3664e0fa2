import { METRICS } from '../derive/metrics.ts';
import { kindReference } from './kind-reference.ts';
import type { ConditionMap, Match, Rule, RulePack } from './pack.ts';

/** Keys that are told elsewhere: who the rule is, and why. */
const TOLD: ReadonlySet<string> = new Set(['id', 'kind', 'title', 'failureTitle', 'why', 'severity']);

/**
 * What a rule says, one clause a line, from whatever keys its kind has: «activity: network», «match: direction is outbound».
 * What is as it is by default is left out.
 */
export function clausesOf(rule: Rule, pack: Pick<RulePack, 'except' | 'unless'>): string[] {
  const keys = kindReference().find(({ kind }) => kind === rule.kind)?.keys ?? [];
  const own = Object.entries(rule).flatMap(([name, value]: [string, unknown]) => {
    const key = keys.find((one) => one.name === name);
    const isDefault = JSON.stringify(value) === JSON.stringify(key?.default);
    return value === undefined || TOLD.has(name) || isDefault ? [] : linesOf(name, value);
  });
  const activity = 'activity' in rule ? rule.activity : undefined;
  const ofPack = (['unless', 'except'] as const).flatMap((name) =>
    (pack[name] ?? [])
      .filter((one) => one.activity === activity)
      .flatMap((one) =>
        linesOf(name, name === 'except' ? [one] : one).map((line) => `${line} (of the whole pack)`),
      ),
  );
  return [...own, ...ofPack];
}

function linesOf(name: string, value: unknown): string[] {
  switch (name) {
    case 'metric':
      return [`metric: ${String(value)}, ${METRICS.get(String(value))?.about ?? 'of the app’s own'}`];
    case 'match':
      return [`match: ${matchWords(value as Match)}`];
    case 'except':
      return (value as Record<string, unknown>[]).map((one) => `except: ${mapWords(one)}`);
    default:
      return [`${name}: ${valueWords(value)}`];
  }
}

function valueWords(value: unknown): string {
  if (Array.isArray(value)) return value.map(valueWords).join(', ');
  if (typeof value === 'object' && value !== null) return mapWords(value as Record<string, unknown>);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function mapWords(map: Record<string, unknown>): string {
  return Object.entries(map)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => (key === 'match' ? matchWords(value as Match) : `${key} ${valueWords(value)}`))
    .join(', ');
}

const MODIFIER_WORDS: Readonly<Record<string, string>> = {
  contains: 'contains',
  startswith: 'begins with',
  endswith: 'ends with',
  re: 'matches the expression',
  cidr: 'is in the network',
  gt: 'is more than',
  gte: 'is at least',
  lt: 'is less than',
  lte: 'is at most',
};

/** A match as a sentence goes: «direction is outbound and remote.port is 80 or 443». */
function matchWords(match: Match): string {
  const maps = Array.isArray(match) ? match : [match];
  const words = maps.map((map) => conditionsOf(map).join(' and '));
  return words.length === 1 ? (words[0] ?? '') : words.map((one) => `(${one})`).join(' or ');
}

function conditionsOf(map: ConditionMap): string[] {
  return Object.entries(map).map(([key, given]) => {
    const [field = '', ...modifiers] = key.split('|');
    const values = Array.isArray(given) ? given : [given];
    if (modifiers.includes('exists')) return `${field} is ${given === true ? '' : 'not '}known`;
    const verb = modifiers.map((one) => MODIFIER_WORDS[one]).find((one) => one !== undefined) ?? 'is';
    const joined = values.map((value) => (value === null ? 'not known' : String(value)));
    return `${field} ${verb} ${joined.join(modifiers.includes('all') ? ' and ' : ' or ')}`;
  });
}
