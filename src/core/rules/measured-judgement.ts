import type { Measurement, Statistic } from '../../model/measurement.ts';
import type { Claim } from './claim.ts';
import { limitsIn, type Outcome } from './expectation.ts';
import { numberFinding } from './findings.ts';
import { conclude, type Judgement } from './judgement.ts';
import type { MeasurementRule, RegressionRule } from './pack.ts';

/** A statistic of a measurement, held against what is expected of it. */
export interface MeasuredCheck {
  of: Measurement;
  statistic: Statistic;
  outcome: Outcome;
  /** What there is of it: `1.2 s`, `+8 % (+5 % to +11 %)`. */
  found: string;
  /** What follows the name of the target where it is broken. */
  broken: string;
  /** Why it is open; null where it is not. */
  doubt: string | null;
}

/**
 * What checks of measurements come to. One that has a problem breaks nothing.
 * @param measured those that the rule is about
 * @param noChecks in words, where there is nothing to check
 * @param doubts beside those of the measurements and the checks
 */
export function concludeMeasured(
  claim: Claim<MeasurementRule | RegressionRule>,
  {
    measured,
    checks,
    noChecks,
    doubts,
  }: {
    measured: readonly Measurement[];
    checks: readonly MeasuredCheck[];
    noChecks: string;
    doubts: readonly string[];
  },
): Judgement {
  const { rule, target } = claim;
  const findings = checks
    .filter(({ outcome, of }) => outcome === 'broken' && of.problem === null)
    .map(({ of, statistic, broken }, index) =>
      numberFinding(claim, index + 1, {
        subject: { measurement: rule.measurement, id: of.id, statistic },
        count: of.count,
        text: `${target}: ${broken}`,
      }),
    );
  return conclude(
    {
      measured: checks.map(({ statistic, found }) => `${statistic} ${found}`).join(', ') || noChecks,
      expected: limitsIn(rule.expect),
      tier: null,
      exceptions: [],
      findings,
    },
    [
      ...(measured.length === 0 ? [`not measured: ${rule.measurement} of ${target}`] : []),
      ...measured.flatMap(({ problem }) => problem ?? []),
      ...doubts,
      ...checks.flatMap(({ doubt }) => doubt ?? []),
    ],
    null,
  );
}
