import { closest } from 'fastest-levenshtein';
import type { ActivityKind } from '../../../model/activity.ts';
import type { Claim } from '../claim.ts';
import { DATA_PREFIX } from '../fields.ts';
import type { ActivityRule, Match } from '../pack.ts';

/** Columns that a rule, its exceptions or its causes name and that no table has: it cannot mean what it says. */
export function unknownColumns({ evidence, target, pack, rule }: Claim<ActivityRule>): string[] {
  const { eventColumns = {} } = evidence;
  const ofTarget = Object.hasOwn(eventColumns, target) ? (eventColumns[target] ?? []) : [];
  const ofAll = Object.values(eventColumns).flat();
  const concerns = ({ activity }: { activity: ActivityKind }): boolean => activity === rule.activity;
  const except = [...(rule.except ?? []), ...(pack.except ?? []).filter(concerns)];
  const unless = [
    ...(rule.unless === undefined ? [] : [rule.unless]),
    ...(pack.unless ?? []).filter(concerns),
  ];
  const own = rule.activity === 'event' ? [rule.match, ...except.map(({ match }) => match)] : [];
  const causes = unless.filter(({ after }) => after.activity === 'event').map(({ after }) => after.match);
  return [
    ...new Set([
      ...own.flatMap((match) => notAmong(match, ofTarget, `the events table of ${target}`)),
      ...causes.flatMap((match) => notAmong(match, ofAll, 'the events tables')),
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
