import { type ActivityTable, rowsThatAre, type Truths } from '../activity-table.ts';
import { EXCUSED, type Excuses } from '../causes.ts';
import type { Claim } from '../claim.ts';
import { TRUTH } from '../conditions/truth.ts';
import { isExpired } from '../exceptions.ts';
import { measuredOf } from '../findings.ts';
import { type CompiledMatch, compileMatch } from '../match.ts';
import { countAsOne } from '../occurrences.ts';
import type { ActivityRule } from '../pack.ts';
import { exceptionsOf } from '../rule-and-pack.ts';

const MAX_REASONS = 5;

/**
 * Activities that only something unknown keeps from matching: they may be what must not happen. What is excused for
 * certain is not among them; an exception with a count is taken for used up.
 * @param truths what the match says of each row of the table
 */
export function mayMatch(
  claim: Claim<ActivityRule>,
  match: CompiledMatch,
  { table, truths }: { table: ActivityTable; truths: Truths },
  excuses: Excuses | null,
): string | null {
  const { pack, rule, actorOf, evidence, target } = claim;
  const unknown = rowsThatAre(TRUTH.unknown, truths, table.rowsOf(target));
  if (unknown.length === 0) return null;
  const exceptions = exceptionsOf(rule, pack)
    .filter((exception) => exception.maxCount === undefined && !isExpired(claim, exception))
    .map((exception) => compileMatch(rule.activity, exception.match).over(table));
  const possible = unknown
    .filter((row) => !exceptions.some((allowed) => allowed[row] === TRUTH.yes))
    .filter((row) => excuses?.[row] !== EXCUSED.certain)
    .flatMap((row) => table.rows[row] ?? []);
  if (possible.length === 0) return null;
  const reasons = new Set(possible.flatMap((activity) => match.whyUnknown(activity, actorOf(activity))));
  const why = [...reasons].slice(0, MAX_REASONS).join(', ');
  return `${measuredOf(claim, countAsOne(possible, evidence.run.tickMs, actorOf), '')} may match: ${why}`;
}
