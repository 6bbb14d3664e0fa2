import { closest } from 'fastest-levenshtein';
import type { Claim } from '../claim.ts';
import { DATA_PREFIX } from '../fields.ts';
import type { ActivityRule, Match } from '../pack.ts';
import { causesOf, exceptionsOf } from '../rule-and-pack.ts';

/** Columns that a rule, its exceptions or its causes name and that no table has: it cannot mean what it says. */
export function unknownColumns({ evidence, target, pack, rule }: Claim<ActivityRule>): string[] {
  const { eventColumns = {} } = evidence;
  const ofTarget = Object.hasOwn(eventColumns, target) ? (eventColumns[target] ?? []) : [];
  const ofAll = Object.values(eventColumns).flat();
  const allowed = exceptionsOf(rule, pack).map(({ match }) => match);
  const own = rule.activity === 'event' ? [rule.match, ...allowed] : [];
  const causes = causesOf(rule, pack).filter(({ activity }) => activity === 'event');
  return [
    ...new Set([
      ...own.flatMap((match) => notAmong(match, ofTarget, `the events table of ${target}`)),
      ...causes.flatMap(({ match }) => notAmong(match, ofAll, 'the events tables')),
    ]),
  ];
}

/** Where no table could be read, the collector itself is in doubt. */
function notAmong(match: Match | undefined, columns: readonly string[], where: string): string[] {
  if (match === undefined || columns.length === 0) return [];
  return [match]
    .flat()
    .flatMap((map) => Object.keys(map).map((key) => key.split('|')[0] ?? ''))
    .filter((name) => name.startsWith(DATA_PREFIX))
    .map((name) => name.slice(DATA_PREFIX.length))
    .filter((column) => !columns.includes(column))
    .map(
      (column) => `there is no column «${column}» in ${where}; the nearest is «${closest(column, columns)}»`,
    );
}
