import { z } from 'zod';
import {
  type MeasuredValue,
  type Measurement,
  type Statistic,
  STATISTICS,
} from '../../../model/measurement.ts';
import { changeBetween, exceededEach, isNoisyValue } from '../../stats/change.ts';
import { parseChange } from '../change.ts';
import { checkMeasured } from '../check-numbers.ts';
import type { Claim } from '../claim.ts';
import { compareInterval } from '../interval.ts';
import type { Judgement } from '../judgement.ts';
import { baselineOf, measuredFor, notMeasuredAgain } from '../measured.ts';
import { concludeMeasured, type MeasuredCheck } from '../measured-judgement.ts';
import { MEASUREMENTS } from '../measurements.ts';
import type { RegressionRule } from '../pack.ts';
import { COMMON, measurementOf, STATISTIC_LIMITS } from '../rule-keys.ts';
import { short } from '../../wording/amounts.ts';
import type { RuleKind } from './kind.ts';

/** How a measurement changed against its baseline, by where the change lies and not by one number. */
export const regression: RuleKind<RegressionRule> = {
  schema: z
    .strictObject({
      ...COMMON,
      kind: z.literal('regression'),
      measurement: z.string().describe('name of the measurement'),
      of: measurementOf,
      expect: z.strictObject(STATISTIC_LIMITS).describe('changes against the baseline, such as "< +10%"'),
    })
    .describe('what was measured is no worse than the baseline'),
  check: checkMeasured,
  judge,
};

function judge(claim: Claim<RegressionRule>): Judgement {
  const measured = measuredFor(claim);
  const pairs = measured.flatMap((of) => pairsOf(claim, of));
  const noisy = pairs.filter(({ before, after }) => [...before, after].some(isNoisyValue)).length;
  return concludeMeasured(claim, {
    measured,
    checks: pairs.map((pair) => check(pair, exceededEach(noisy))),
    noChecks: measured.length === 0 ? 'not measured' : 'no baseline',
    doubts: [
      ...measured.flatMap((of) => whyNoBaseline(claim, of) ?? []),
      ...new Set(notMeasuredAgain(claim, measured).map(sayGone)),
    ],
  });
}

const sayGone = ({ name, id }: Measurement): string =>
  `${name}${id === null ? '' : ` (${id})`} is in the baseline, and was not measured again`;

function whyNoBaseline(claim: Claim<RegressionRule>, of: Measurement): string | null {
  const baselines = baselineOf(claim, of);
  if (baselines.length === 0)
    return `no baseline: there is nothing to compare ${of.name} of ${claim.target} with`;
  for (const { baseline, problem, measurement: before } of baselines) {
    const why = problem ?? before.problem;
    if (why !== null) return `the baseline ${baseline} cannot be compared with: ${why}`;
  }
  return null;
}

/** A statistic that a rule is about, in each run of the baseline, and now. */
interface Pair {
  of: Measurement;
  statistic: Statistic;
  /** What is expected of its change, as it was written. */
  text: string;
  before: (MeasuredValue | undefined)[];
  after: MeasuredValue | undefined;
}

function pairsOf(claim: Claim<RegressionRule>, of: Measurement): Pair[] {
  if (whyNoBaseline(claim, of) !== null) return [];
  const baselines = baselineOf(claim, of);
  return STATISTICS.flatMap((statistic) => {
    const text = claim.rule.expect[statistic];
    if (text === undefined) return [];
    const before = baselines.map(({ measurement: { statistics } }) => statistics[statistic]);
    return [{ of, statistic, text, before, after: of.statistics[statistic] }];
  });
}

function check({ of, statistic, text, before, after }: Pair, exceeded: number): MeasuredCheck {
  const expectation = parseChange(text);
  if ('problem' in expectation) throw new Error(`${text}: ${expectation.problem}; the pack was not checked`);
  const isPercentage = MEASUREMENTS.get(of.name)?.dimension.quantity === 'percent';
  const known = before.filter((one) => one !== undefined);
  const isKnown = after !== undefined && known.length === before.length;
  const change = isKnown
    ? changeBetween(known, [after], { by: isPercentage ? 'points' : 'ratio', exceeded })
    : null;
  const signed = (value: number): string =>
    `${value > 0 ? '+' : ''}${short(value)} ${isPercentage ? 'points' : '%'}`;
  const found =
    change === null ? 'unknown' : `${signed(change.value)} (${signed(change.low)} to ${signed(change.high)})`;
  const outcome = change === null ? 'open' : compareInterval(change.low, change.high, expectation);
  const why =
    change === null
      ? whyUnknown({ of, statistic }, isKnown && [...known, after].every(({ interval }) => interval !== null))
      : `the change of ${statistic} lies between ${signed(change.low)} and ${signed(change.high)}`;
  return {
    of,
    statistic,
    outcome,
    found,
    broken: `${statistic} of ${of.name} changed by ${found} against the baseline, expected ${text.trim()}`,
    doubt: outcome === 'open' ? why : null,
  };
}

const whyUnknown = ({ of, statistic }: Pick<Pair, 'of' | 'statistic'>, hasIntervals: boolean): string =>
  hasIntervals
    ? `there is no ratio: ${statistic} of ${of.name} or its baseline is 0, or its interval reaches 0`
    : `too few values to compare: ${statistic} of ${of.name} or its baseline has no interval`;
