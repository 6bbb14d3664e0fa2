import { z } from 'zod';
import { checkActivities } from '../check-activities.ts';
import type { Claim } from '../claim.ts';
import { atLeastOf } from '../doubts/collector.ts';
import { atLeastAmong } from '../doubts/uncounted.ts';
import { exceptionFinding, findingsOf, measuredOf } from '../findings.ts';
import { conclude, type Judgement, notApplicable } from '../judgement.ts';
import { matchingIn } from '../matching.ts';
import type { AbsenceRule } from '../pack.ts';
import { activityKey, COMMON, OF_ACTIVITIES } from '../rule-keys.ts';
import type { RuleKind } from './kind.ts';

/** Nothing matching happened in the window. */
export const absence: RuleKind<AbsenceRule> = {
  schema: z
    .strictObject({
      ...COMMON,
      kind: z.literal('absence'),
      activity: activityKey.describe('what must not happen'),
      ...OF_ACTIVITIES,
    })
    .describe('nothing matching may happen'),
  check: checkActivities,
  judge,
};

function judge(claim: Claim<AbsenceRule>): Judgement {
  const { target, rule } = claim;
  const matching = matchingIn(claim);
  if (matching === null) return notApplicable(`no ${rule.activity} source was given for ${target}`, 'none');
  const { uses, broken, tier, doubts, accepted } = matching;
  const occurrences = matching.occurrences();
  const atLeast = atLeastOf(claim, rule.activity, matching.source);
  const findings = findingsOf(claim, occurrences, atLeast);
  findings.push(...broken.map((use, index) => exceptionFinding(claim, use, findings.length + index + 1)));
  const measured = measuredOf(claim, occurrences, atLeast || atLeastAmong(claim.evidence, occurrences));
  const facts = { measured, expected: 'none', tier, exceptions: uses, findings };
  return conclude(facts, doubts, accepted);
}
