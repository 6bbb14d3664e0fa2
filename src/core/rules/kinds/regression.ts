import {
  type MeasuredValue,
  type Measurement,
  type Statistic,
  STATISTICS,
} from '../../../model/measurement.ts';
import { numberFinding } from '../aggregates.ts';
import { parseChange } from '../change.ts';
import type { Claim } from '../claim.ts';
import type { Outcome } from '../expectation.ts';
import { compareInterval } from '../interval.ts';
import { type Judgement, conclude } from '../judgement.ts';
import { baselineOf, measuredFor } from '../measured.ts';
import type { RegressionRule } from '../pack.ts';
import { short } from '../wording.ts';
import { expectationsOf } from './measurement.ts';

interface Check {
  of: Measurement;
  statistic: Statistic;
  text: string;
  /** In percent of the baseline; null: not known. */
  change: { percent: number; low: number; high: number } | null;
  outcome: Outcome;
  doubt: string | null;
}

/** Judges how a measurement changed against its baseline, by where the change lies and not by one number. */
export function judgeRegression(claim: Claim<RegressionRule>): Judgement {
  const { rule, target } = claim;
  const found = measuredFor(claim);
  const checks = found.flatMap((of) => checksOf(claim, of));
  return conclude(
    {
      measured:
        checks.map((check) => `${check.statistic} ${changeWords(check)}`).join(', ') ||
        (found.length === 0 ? 'not measured' : 'no baseline'),
      expected: expectationsOf(rule),
      tier: null,
      exceptions: [],
      findings: checks
        .filter(({ outcome, of }) => outcome === 'broken' && of.problem === null)
        .map((check, index) =>
          numberFinding(claim, index + 1, {
            subject: { measurement: rule.measurement, id: check.of.id, statistic: check.statistic },
            count: check.of.count,
            text: `${target}: ${check.statistic} of ${rule.measurement} changed by ${changeWords(check)} against the baseline, expected ${check.text.trim()}`,
          }),
        ),
    },
    [
      ...(found.length === 0 ? [`not measured: ${rule.measurement} of ${target}`] : []),
      ...found.flatMap((of) => of.problem ?? []),
      ...found.flatMap((of) => whyNoBaseline(claim, of) ?? []),
      ...checks.flatMap(({ doubt }) => doubt ?? []),
    ],
    null,
  );
}

function whyNoBaseline(claim: Claim<RegressionRule>, of: Measurement): string | null {
  const baseline = baselineOf(claim, of);
  if (baseline === null) return `no baseline: there is nothing to compare ${of.name} of ${claim.target} with`;
  const problem = baseline.problem ?? baseline.measurement.problem;
  return problem === null ? null : `the baseline ${baseline.baseline} cannot be compared with: ${problem}`;
}

function checksOf(claim: Claim<RegressionRule>, of: Measurement): Check[] {
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
    const check = { of, statistic, text, change, outcome, doubt: null };
    return [outcome === 'open' ? { ...check, doubt: whyOpen(check) } : check];
  });
}

/** Percent from one to the other; the interval of the change is the widest that both intervals allow. */
function changeBetween(before: MeasuredValue | undefined, after: MeasuredValue | undefined): Check['change'] {
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

function whyOpen({ statistic, change, of }: Check): string {
  return change === null
    ? `too few values to compare: ${statistic} of ${of.name} or its baseline has no interval`
    : `the change of ${statistic} lies between ${signed(change.low)} and ${signed(change.high)}`;
}

function changeWords({ change }: Check): string {
  return change === null
    ? 'unknown'
    : `${signed(change.percent)} (${signed(change.low)} to ${signed(change.high)})`;
}

const signed = (change: number): string => `${change > 0 ? '+' : ''}${short(change)} %`;
