import type { Evidence } from '../../model/evidence.ts';
import type { RuleResult } from '../../model/proof.ts';
import { counted } from '../wording/amounts.ts';
import { sayProcess } from '../wording/process.ts';
import { compilePattern } from './conditions/pattern.ts';
import { isAboutActivities, type Match, type Rule, type RulePack } from './pack.ts';
import { derivedInVain } from './records/in-vain.ts';
import { causesOf } from './rule-and-pack.ts';
import { unseenFields } from './unseen-fields.ts';

const MAX_LISTED = 10;

/** What the headline warns of: processes that may be helpers and are not watched, event types, categories of lines and fields named in vain. */
export function warningsOf(
  evidence: Evidence,
  packs: readonly RulePack[],
  results: readonly RuleResult[],
): string[] {
  return [
    ...orphans(evidence),
    ...neverSeen(evidence, packs, results),
    ...fieldsInVain(evidence, packs, results),
    ...derivedInVain(evidence, packs, results),
  ];
}

/** What a reader should look at, though it is not in the headline and changes no verdict, with `strict` neither: exceptions that left a rule nothing to find. */
export function cautionsOf(results: readonly RuleResult[]): string[] {
  return results.flatMap(({ id, target, exceptions }) =>
    exceptions
      .filter(({ excusedAll }) => excusedAll === true)
      .map(
        ({ reason, matched }) =>
          `the exception «${reason}» of ${id} (${target}) excused everything that there was: ${matched} of ${matched}`,
      ),
  );
}

function orphans(evidence: Evidence): string[] {
  return evidence.targets.flatMap((target) => {
    const listed = target.orphans.slice(0, MAX_LISTED).map((orphan) => sayProcess(orphan, orphan.reason));
    const rest = target.orphans.length - listed.length;
    if (listed.length === 0) return [];
    const more = rest > 0 ? ` and ${counted(rest, 'other')}` : '';
    return [`not watched, but may belong to ${target.name}: ${listed.join(', ')}${more}`];
  });
}

/** Where the app writes down what it does, and the field that tells what kind of record one is. */
const RECORDS = [
  { activity: 'event', field: 'type', nouns: ['events', 'types'] },
  { activity: 'log', field: 'category', nouns: ['logs', 'categories'] },
] as const;

type Records = (typeof RECORDS)[number];

function neverSeen(evidence: Evidence, packs: readonly RulePack[], results: readonly RuleResult[]): string[] {
  return RECORDS.flatMap((records) => neverSeenAmong(records, evidence, packs, results));
}

function neverSeenAmong(
  { activity, field, nouns }: Records,
  evidence: Evidence,
  packs: readonly RulePack[],
  results: readonly RuleResult[],
): string[] {
  const kinds = activity === 'event' ? evidence.eventTypes : categoriesIn(evidence);
  const watched = Object.keys(kinds);
  const inVain = new Map<string, { types: readonly string[]; names: Set<string> }>();
  const look = (match: Match | undefined, places: readonly string[]): void => {
    const types = places.flatMap((one) => kinds[one] ?? []);
    const place = places.join(', ');
    for (const { name, test } of places.length === 0 ? [] : kindsNamed(match, field)) {
      if (types.some(test)) continue;
      const entry = inVain.get(place) ?? { types, names: new Set() };
      entry.names.add(name);
      inVain.set(place, entry);
    }
  };
  const unread = new Set<string>();
  for (const { pack, rule, target } of judgedRules(packs, results)) {
    if (isAboutActivities(rule) && rule.activity === activity) {
      look(rule.match, watched.includes(target) ? [target] : []);
      const isUnread = activity === 'log' && kinds[target]?.length === 0;
      if (isUnread && kindsNamed(rule.match, field).length === 0) unread.add(target);
    }
    // A cause counts whichever target it is of.
    for (const cause of causesOf(rule, pack)) if (cause.activity === activity) look(cause.match, watched);
  }
  const inVainWords = [...inVain].map(([place, { types, names }]) => {
    const seen = types.length === 0 ? 'none' : [...new Set(types)].slice(0, MAX_LISTED).join(', ');
    return `${[...names].join(', ')} never seen in the ${nouns[0]} of ${place}; ${nouns[1]} seen: ${seen}`;
  });
  return [
    ...inVainWords,
    ...[...unread].map((target) => `no line of the logs of ${target} was ever of their format`),
  ];
}

/** Fields that lines need not have, as rules and causes say, and that none ever had. */
function fieldsInVain(
  { targets }: Evidence,
  packs: readonly RulePack[],
  results: readonly RuleResult[],
): string[] {
  const found = judgedRules(packs, results).flatMap(({ pack, rule, target }) => {
    const isAboutLines = isAboutActivities(rule) && rule.activity === 'log';
    const ofTarget = targets.filter(({ name }) => name === target);
    const own = isAboutLines ? unseenFields(rule.match, ofTarget).map((one) => ({ ...one, target })) : [];
    const causes = causesOf(rule, pack).filter(({ activity }) => activity === 'log');
    const ofCauses = causes.flatMap(({ match }) => unseenFields(match, targets));
    const places = targets.filter(({ logs = [] }) => logs.length > 0).map(({ name }) => name);
    return [...own, ...ofCauses.map((one) => ({ ...one, target: places.join(', ') }))];
  });
  return [
    ...new Set(
      found
        .filter(({ isOptional }) => isOptional)
        .map(
          ({ name, target, known }) =>
            `data.${name} never seen in the logs of ${target}; fields seen: ${known.slice(0, MAX_LISTED).join(', ') || 'none'}`,
        ),
    ),
  ];
}

/** Where nobody recorded them, nothing is known to be named in vain. */
function categoriesIn({ targets }: Evidence): Record<string, readonly string[]> {
  return Object.fromEntries(
    targets.flatMap(({ name, logCategories }) =>
      logCategories === undefined ? [] : [[name, logCategories]],
    ),
  );
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

/** Kinds of records that a match names in a field, by value or pattern. */
function kindsNamed(
  match: Match | undefined,
  of: string,
): { name: string; test: (type: string) => boolean }[] {
  return (match === undefined ? [] : [match].flat()).flatMap((map) =>
    Object.entries(map).flatMap(([key, values]) => {
      const [field, modifier] = key.split('|');
      const anchor = modifier === undefined ? 'whole' : modifier;
      if (
        field !== of ||
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
