import type { Activity } from '../../../model/activity.ts';
import type { Claim } from '../claim.ts';
import type { Excuse } from '../causes.ts';
import { isExpired } from '../exceptions.ts';
import { measuredOf } from '../findings.ts';
import { type CompiledMatch, compileMatch } from '../match.ts';
import { countAsOne } from '../occurrences.ts';
import type { ActivityRule } from '../pack.ts';

const MAX_REASONS = 5;

/**
 * Activities that only something unknown keeps from matching: they may be what must not happen. What is excused for
 * certain is not among them; an exception with a count is taken for used up.
 * @param own activities of the claim's target in the window
 */
export function mayMatch(
  claim: Claim<ActivityRule>,
  match: CompiledMatch,
  own: readonly Activity[],
  excuses: readonly Excuse[],
): string | null {
  const { pack, rule, actorOf, evidence } = claim;
  const exceptions = [
    ...(rule.except ?? []),
    ...(pack.except ?? []).filter(({ activity }) => activity === rule.activity),
  ]
    .filter((exception) => exception.maxCount === undefined && !isExpired(claim, exception))
    .map((exception) => compileMatch(rule.activity, exception.match));
  const possible = own.filter(
    (activity) =>
      match.test(activity, actorOf(activity)) === 'unknown' &&
      !excuses.some((excuse) => excuse(activity) === 'certain') &&
      !exceptions.some(({ matches }) => matches(activity, actorOf(activity))),
  );
  if (possible.length === 0) return null;
  const reasons = new Set(possible.flatMap((activity) => match.whyUnknown(activity, actorOf(activity))));
  const why = [...reasons].slice(0, MAX_REASONS).join(', ');
  return `${measuredOf(countAsOne(possible, evidence.run.tickMs))} may match: ${why}`;
}
