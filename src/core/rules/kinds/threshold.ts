import { z } from 'zod';
import { aggregate } from '../aggregates.ts';
import { checkAggregates } from '../check-numbers.ts';
import type { Claim } from '../claim.ts';
import { windowDoubts } from '../doubts/window.ts';
import { type Judgement, conclude } from '../judgement.ts';
import type { ThresholdRule } from '../pack.ts';
import { judgeRecords } from '../records/judge-records.ts';
import { recordMetric } from '../records/record-metric.ts';
import { AGGREGATE_LIMITS, COMMON } from '../rule-keys.ts';
import type { RuleKind } from './kind.ts';

/** Aggregates of a metric over the window. */
export const threshold: RuleKind<ThresholdRule> = {
  schema: z
    .strictObject({
      ...COMMON,
      kind: z.literal('threshold'),
      metric: z.string().describe('what is measured; see the table of metrics'),
      expect: z.strictObject(AGGREGATE_LIMITS).describe('limits of aggregates of the metric over the window'),
    })
    .describe('aggregates of a metric keep their limits'),
  check: checkAggregates,
  judge,
};

function judge(claim: Claim<ThresholdRule>): Judgement {
  const record = recordMetric(claim.rule.metric);
  if (record !== null) return judgeRecords(claim, record);
  const { source, facts, doubts, accepted } = aggregate(claim);
  return conclude(facts, [...windowDoubts(claim, source), ...doubts], accepted);
}
