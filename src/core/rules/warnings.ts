import type { Evidence } from '../../model/evidence.ts';
import type { RuleResult } from '../../model/proof.ts';
import { compilePattern } from './pattern.ts';
import type { AbsenceRule, Match, RulePack } from './schema.ts';
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
  const inVain = new Map<string, Set<string>>();
  for (const { rule, target } of judgedAbsences(packs, results)) {
    const types = Object.hasOwn(evidence.eventTypes, target) ? evidence.eventTypes[target] : undefined;
    if (types === undefined) continue;
    const names = inVain.get(target) ?? new Set();
    for (const { name, test } of eventTypesNamed(rule)) if (!types.some(test)) names.add(name);
    inVain.set(target, names);
  }
  return [...inVain].flatMap(([target, names]) => {
    if (names.size === 0) return [];
    const types = evidence.eventTypes[target] ?? [];
    const seen = types.length === 0 ? 'none' : types.slice(0, MAX_LISTED).join(', ');
    return [`${[...names].join(', ')} never seen in the events of ${target}; types seen: ${seen}`];
  });
}

function judgedAbsences(
  packs: readonly RulePack[],
  results: readonly RuleResult[],
): { rule: AbsenceRule; target: string }[] {
  return packs.flatMap(({ pack, rules }) =>
    rules.flatMap((rule) => {
      if (rule.kind !== 'absence') return [];
      return results.filter((one) => isJudged(one, pack, rule.id)).map(({ target }) => ({ rule, target }));
    }),
  );
}

function eventTypesNamed({ activity, match, unless }: AbsenceRule): ReturnType<typeof typesNamed> {
  return [
    ...(activity === 'event' ? typesNamed(match) : []),
    ...(unless?.after.activity === 'event' ? typesNamed(unless.after.match) : []),
  ];
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
