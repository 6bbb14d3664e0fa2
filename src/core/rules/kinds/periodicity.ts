import type { Claim } from '../claim.ts';
import type { Judgement } from '../judgement.ts';
import { judgeRepeats, type RepeatClaim } from '../periodicity/activities.ts';
import { judgeWakes } from '../periodicity/wakes.ts';
import { isAboutActivities, type PeriodicityRule } from '../pack.ts';

/** Judges that nothing repeats: activities, or wakes of threads. */
export function judgePeriodicity(claim: Claim<PeriodicityRule>): Judgement {
  return isAboutActivities(claim.rule) ? judgeRepeats(claim as RepeatClaim) : judgeWakes(claim);
}
