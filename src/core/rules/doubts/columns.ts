import { closest } from 'fastest-levenshtein';
import type { Claim } from '../claim.ts';
import { namedData } from '../named-data.ts';
import { DATA_PREFIX } from '../fields.ts';
import type { ActivityRule, ConditionMap, Match } from '../pack.ts';
import { causesOf, exceptionsOf } from '../rule-and-pack.ts';
import { unseenFields } from '../unseen-fields.ts';

/** Columns and fields that a rule, its exceptions or its causes name, or that it groups by, and that no table and no line has: it cannot mean what it says. */
export function unknownColumns(claim: Claim<ActivityRule>): string[] {
  const { rule, target } = claim;
  return [
    ...new Set([
      ...unknownOf(claim, 'event', target, notInTables),
      // Lines of one log need not have what those of another have.
      ...unknownOf(claim, 'log', rule.target ?? null, notInLines),
    ]),
  ];
}

/** @param target whose records a match is about; null: those of any */
type Search = (evidence: Claim['evidence'], match: Match | undefined, target: string | null) => string[];

function unknownOf(
  { evidence, pack, rule }: Claim<ActivityRule>,
  activity: 'event' | 'log',
  target: string | null,
  search: Search,
): string[] {
  const allowed = exceptionsOf(rule, pack).map(({ match }) => match);
  const own = rule.activity === activity ? [rule.match, ...allowed] : [];
  const causes = causesOf(rule, pack).filter((cause) => cause.activity === activity);
  return [
    ...own.flatMap((match) => search(evidence, match, target)),
    ...(rule.activity === activity ? ungrouped(rule, (match) => search(evidence, match, target)) : []),
    ...causes.flatMap(({ match }) => search(evidence, match, null)),
  ];
}

/**
 * What a rule groups by and nothing that it is about has: all would be one group, in which a period is lost among others. What one
 * alternative of its match has is enough.
 */
function ungrouped(
  { match = {}, groupBy = [] }: ActivityRule,
  complaintsOf: (match: Match) => string[],
): string[] {
  return groupBy
    .filter((name) => name.startsWith(DATA_PREFIX))
    .flatMap((name) => {
      const complaints = [match]
        .flat()
        .map((map) => complaintsOf({ ...withoutOthers(map, name), [name]: '*' }));
      return complaints.some((told) => told.length === 0) ? [] : complaints.flat();
    });
}

/** A map without what it asks of other fields of the app's own. */
const withoutOthers = (map: ConditionMap, name: string): ConditionMap =>
  Object.fromEntries(
    Object.entries(map).filter(([key]) => !key.startsWith(DATA_PREFIX) || key.split('|')[0] === name),
  );

/** Where no table could be read, the collector itself is in doubt. */
const notInTables: Search = ({ eventColumns = {} }, match, target) => {
  const columns = target === null ? Object.values(eventColumns).flat() : ownOf(eventColumns, target);
  if (columns.length === 0) return [];
  const where = target === null ? 'the events tables' : `the events table of ${target}`;
  return namedData(match)
    .flatMap(({ names }) => names)
    .filter((column) => !columns.includes(column))
    .map((column) => `there is no column «${column}» in ${where}${nearest(column, columns)}`);
};

/** Lines are free to have a field or not, but one that none ever had is rather a name that was mistyped. */
const notInLines: Search = ({ targets }, match, target) => {
  const [first, ...others] = targets.filter(({ name }) => target === null || name === target);
  if (first === undefined) return [];
  const where = others.length === 0 ? first.name : 'any log';
  return unseenFields(match, [first, ...others])
    .filter(({ isOptional }) => !isOptional)
    .map(({ name, known }) => `there is no field «${name}» in the lines of ${where}${nearest(name, known)}`);
};

const ownOf = (columns: Record<string, string[]>, target: string): string[] =>
  Object.hasOwn(columns, target) ? (columns[target] ?? []) : [];

const nearest = (name: string, known: readonly string[]): string =>
  known.length === 0 ? '' : `; the nearest is «${closest(name, known)}»`;
