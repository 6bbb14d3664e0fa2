import type { Claim } from '../claim.ts';
import type { Judgement } from '../judgement.ts';
import type { Rule } from '../pack.ts';
import { judgeAbsence } from './absence.ts';
import { judgeDeadline } from './deadline.ts';
import { judgeMeasurement } from './measurement.ts';
import { judgePeriodicity } from './periodicity.ts';
import { judgeRegression } from './regression.ts';
import { judgeThreshold } from './threshold.ts';
import { judgeTrend } from './trend.ts';

type RuleOf<K extends Rule['kind']> = Extract<Rule, { kind: K }>;

/** How each kind of rule is judged. */
const JUDGES: { [K in Rule['kind']]: (claim: Claim<RuleOf<K>>) => Judgement } = {
  threshold: judgeThreshold,
  absence: judgeAbsence,
  periodicity: judgePeriodicity,
  trend: judgeTrend,
  deadline: judgeDeadline,
  measurement: judgeMeasurement,
  regression: judgeRegression,
};

export function judgeByKind(claim: Claim): Judgement {
  const judge = JUDGES[claim.rule.kind] as (claim: Claim) => Judgement;
  return judge(claim);
}
