import type { Evidence } from '../../model/evidence.ts';
import type { RuleResult } from '../../model/proof.ts';
import { compilePattern } from './pattern.ts';
import { isAboutActivities, type Match, type Rule, type RulePack } from './pack.ts';
import { causesOf } from './rule-and-pack.ts';
import { counted } from './wording.ts';

const MAX_LISTED = 10;

/** What the headline warns of: processes that may be helpers and are not watched, event types named in vain. */
export function warningsOf(
  evidence: Evidence,
  packs: readonly RulePack[],
  results: readonly RuleResult[],
): string[] {
  return [...orphans(evidence), ...neverSeen(evidence, packs, results)];
}

function orphans(evidence: Evidence): string[] {
  return evidence.targets.flatMap((target) => {
    const listed = target.orphans
      .slice(0, MAX_LISTED)
      .map(({ name, pid, reason }) => `${name} (pid ${pid}, ${reason})`);
    const rest = target.orphans.length - listed.length;
    if (listed.length === 0) return [];
    const more = rest > 0 ? ` and ${counted(rest, 'other')}` : '';
    return [`not watched, but may belong to ${target.name}: ${listed.join(', ')}${more}`];
  });
}

function neverSeen(evidence: Evidence, packs: readonly RulePack[], results: readonly RuleResult[]): string[] {
  const { eventTypes } = evidence;
  const watched = Object.keys(eventTypes);
  const inVain = new Map<string, { types: readonly string[]; names: Set<string> }>();
  const look = (match: Match | undefined, tables: readonly string[]): void => {
    const types = tables.flatMap((table) => eventTypes[table] ?? []);
    const place = tables.join(', ');
    for (const { name, test } of tables.length === 0 ? [] : typesNamed(match)) {
      if (types.some(test)) continue;
      const entry = inVain.get(place) ?? { types, names: new Set() };
      entry.names.add(name);
      inVain.set(place, entry);
    }
  };
  for (const { pack, rule, target } of judgedRules(packs, results)) {
    if (isAboutActivities(rule) && rule.activity === 'event')
      look(rule.match, watched.includes(target) ? [target] : []);
    // A cause counts whichever target it is of.
    for (const { activity, match } of causesOf(rule, pack)) if (activity === 'event') look(match, watched);
  }
  return [...inVain].map(([place, { types, names }]) => {
    const seen = types.length === 0 ? 'none' : [...new Set(types)].slice(0, MAX_LISTED).join(', ');
    return `${[...names].join(', ')} never seen in the events of ${place}; types seen: ${seen}`;
  });
}

function judgedRules(
  packs: readonly RulePack[],
  results: readonly RuleResult[],
): { pack: RulePack; rule: Rule; target: string }[] {
  return packs.flatMap((pack) =>
    pack.rules.flatMap((rule) =>
      results
        .filter((one) => isJudged(one, pack.pack, rule.id))
        .map(({ target }) => ({ pack, rule, target })),
    ),
  );
}

function isJudged(result: RuleResult, pack: string, id: string): boolean {
  return result.pack === pack && result.id === id && result.verdict !== 'notApplicable';
}

/** Event types that a match names, by value or pattern. */
function typesNamed(match: Match | undefined): { name: string; test: (type: string) => boolean }[] {
  return (match === undefined ? [] : [match].flat()).flatMap((map) =>
    Object.entries(map).flatMap(([key, values]) => {
      const [field, modifier] = key.split('|');
      const anchor = modifier === undefined ? 'whole' : modifier;
      if (
        field !== 'type' ||
        (anchor !== 'whole' && anchor !== 'contains' && anchor !== 'startswith' && anchor !== 'endswith')
      ) {
        return [];
      }
      return [values]
        .flat()
        .flatMap((value) =>
          value === null ? [] : [{ name: String(value), test: compilePattern(String(value), anchor) }],
        );
    }),
  );
}
