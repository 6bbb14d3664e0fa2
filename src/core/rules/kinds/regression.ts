import { z } from 'zod';
import { type MeasuredValue, type Measurement, STATISTICS } from '../../../model/measurement.ts';
import { parseChange } from '../change.ts';
import { checkMeasured } from '../check-numbers.ts';
import type { Claim } from '../claim.ts';
import { compareInterval } from '../interval.ts';
import type { Judgement } from '../judgement.ts';
import { baselineOf, measuredFor } from '../measured.ts';
import { concludeMeasured, type MeasuredCheck } from '../measured-judgement.ts';
import type { RegressionRule } from '../pack.ts';
import { COMMON, STATISTIC_LIMITS } from '../rule-keys.ts';
import { short } from '../wording.ts';
import type { RuleKind } from './kind.ts';

/** How a measurement changed against its baseline, by where the change lies and not by one number. */
export const regression: RuleKind<RegressionRule> = {
  schema: z
    .strictObject({
      ...COMMON,
      kind: z.literal('regression'),
      measurement: z.string().describe('name of the measurement'),
      expect: z.strictObject(STATISTIC_LIMITS).describe('changes against the baseline, such as "< +10%"'),
    })
    .describe('what was measured is no worse than the baseline'),
  check: checkMeasured,
  judge,
};

/** In percent of the baseline. */
interface Change {
  percent: number;
  low: number;
  high: number;
}

function judge(claim: Claim<RegressionRule>): Judgement {
  const measured = measuredFor(claim);
  return concludeMeasured(claim, {
    measured,
    checks: measured.flatMap((of) => checksOf(claim, of)),
    noChecks: measured.length === 0 ? 'not measured' : 'no baseline',
    doubts: measured.flatMap((of) => whyNoBaseline(claim, of) ?? []),
  });
}

function whyNoBaseline(claim: Claim<RegressionRule>, of: Measurement): string | null {
  const baseline = baselineOf(claim, of);
  if (baseline === null) return `no baseline: there is nothing to compare ${of.name} of ${claim.target} with`;
  const problem = baseline.problem ?? baseline.measurement.problem;
  return problem === null ? null : `the baseline ${baseline.baseline} cannot be compared with: ${problem}`;
}

function checksOf(claim: Claim<RegressionRule>, of: Measurement): MeasuredCheck[] {
  const baseline = baselineOf(claim, of);
  if (baseline === null || whyNoBaseline(claim, of) !== null) return [];
  return STATISTICS.flatMap((statistic) => {
    const text = claim.rule.expect[statistic];
    if (text === undefined) return [];
    const expectation = parseChange(text);
    if ('problem' in expectation)
      throw new Error(`${text}: ${expectation.problem}; the pack was not checked`);
    const change = changeBetween(baseline.measurement.statistics[statistic], of.statistics[statistic]);
    const outcome = change === null ? 'open' : compareInterval(change.low, change.high, expectation);
    const found = changeWords(change);
    const why =
      change === null
        ? `too few values to compare: ${statistic} of ${of.name} or its baseline has no interval`
        : `the change of ${statistic} lies between ${signed(change.low)} and ${signed(change.high)}`;
    return {
      of,
      statistic,
      outcome,
      found,
      broken: `${statistic} of ${of.name} changed by ${found} against the baseline, expected ${text.trim()}`,
      doubt: outcome === 'open' ? why : null,
    };
  });
}

/** Percent from one to the other; the interval of the change is the widest that both intervals allow. */
function changeBetween(before: MeasuredValue | undefined, after: MeasuredValue | undefined): Change | null {
  if (before?.interval == null || after?.interval == null) return null;
  const numbers = [
    before.interval.low,
    before.interval.high,
    before.value,
    after.interval.low,
    after.interval.high,
  ];
  if (before.interval.low <= 0 || !numbers.every(Number.isFinite)) return null;
  return {
    percent: percent(after.value, before.value),
    low: percent(after.interval.low, before.interval.high),
    high: percent(after.interval.high, before.interval.low),
  };
}

const percent = (to: number, from: number): number => (to / from - 1) * 100;

function changeWords(change: Change | null): string {
  return change === null
    ? 'unknown'
    : `${signed(change.percent)} (${signed(change.low)} to ${signed(change.high)})`;
}

const signed = (change: number): string => `${change > 0 ? '+' : ''}${short(change)} %`;
