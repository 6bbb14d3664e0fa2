import { z } from 'zod';
import { METRICS } from '../../derive/metrics.ts';
import { parseDurationMs } from '../../parse/duration.ts';
import { sayNoUnitText } from '../../parse/unit-text.ts';
import { checkActivities } from '../check-activities.ts';
import type { Claim } from '../claim.ts';
import type { Judgement } from '../judgement.ts';
import { isAboutActivities, type PeriodicityRule } from '../pack.ts';
import { judgeRepeats, type RepeatClaim } from '../periodicity/activities.ts';
import { judgeWakes, WAKE_COLLECTORS } from '../periodicity/wakes.ts';
import type { Path, Problem } from '../problem.ts';
import { activityKey, alphaKey, COMMON, DURATION, duration, OF_ACTIVITIES } from '../rule-keys.ts';
import type { RuleKind } from './kind.ts';

/** Nothing repeats: activities, or wakes of threads. */
export const periodicity: RuleKind<PeriodicityRule> = {
  schema: z
    .strictObject({
      ...COMMON,
      kind: z.literal('periodicity'),
      activity: activityKey.optional().describe('what must not repeat; or `metric`'),
      metric: z.string().optional().describe('wakeups.rate: the wakes of threads; instead of `activity`'),
      ...OF_ACTIVITIES,
      period: z
        .strictObject({
          min: duration.optional().describe('shorter ones are allowed'),
          max: z
            .union([z.literal('window'), duration], {
              error: ({ input }) => (typeof input === 'number' ? sayNoUnitText(input, DURATION) : undefined),
            })
            .default('window')
            .describe('longer ones are allowed; `window`: what the window can exclude'),
        })
        .default({ max: 'window' })
        .describe('which periods are not allowed'),
      alpha: alphaKey.describe('highest false alarm probability of a period, over all groups together'),
    })
    .describe('nothing matching may repeat'),
  check,
  judge,
  collectors: WAKE_COLLECTORS,
};

function judge(claim: Claim<PeriodicityRule>): Judgement {
  return isAboutActivities(claim.rule) ? judgeRepeats(claim as RepeatClaim) : judgeWakes(claim);
}

/** Metrics whose bursts can be told one by one. */
const BURSTS: readonly string[] = ['wakeups.rate'];

function check(rule: PeriodicityRule, path: Path): Problem[] {
  const { activity, metric, period } = rule;
  const problems: Problem[] = [];
  if ((activity === undefined) === (metric === undefined)) {
    const given = activity === undefined ? 'neither is there' : 'both are there';
    problems.push({ path: [...path], message: `needs either \`activity\` or \`metric\`; ${given}` });
  } else if (metric !== undefined) {
    if (!BURSTS.includes(metric)) {
      const message = METRICS.has(metric)
        ? `bursts of ${metric} cannot be told one by one`
        : `«${metric}» is not a metric`;
      problems.push({ path: [...path, 'metric'], message, value: metric, candidates: BURSTS });
    }
    for (const key of (['match', 'unless', 'except', 'groupBy'] as const).filter(
      (one) => rule[one] !== undefined,
    )) {
      problems.push({ path: [...path, key], at: 'key', message: `a rule about a metric has no \`${key}\`` });
    }
  }
  problems.push(...checkRange(period, path));
  return isAboutActivities(rule) ? [...problems, ...checkActivities(rule, path)] : problems;
}

function checkRange({ min, max }: PeriodicityRule['period'], path: Path): Problem[] {
  const minMs = parseDurationMs(min ?? '') ?? 0;
  const maxMs = parseDurationMs(max) ?? Number.POSITIVE_INFINITY;
  if (minMs < maxMs) return [];
  return [
    { path: [...path, 'period', 'max'], message: `leaves no period between ${min ?? '0s'} and ${max}` },
  ];
}
