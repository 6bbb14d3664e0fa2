import { z } from 'zod';
import { type Measurement, STATISTICS } from '../../../model/measurement.ts';
import { checkMeasured } from '../check-numbers.ts';
import type { Claim } from '../claim.ts';
import { compare, parseExpectation } from '../expectation.ts';
import type { Judgement } from '../judgement.ts';
import { measuredFor } from '../measured.ts';
import { concludeMeasured, type MeasuredCheck } from '../measured-judgement.ts';
import { type MeasurementKind, MEASUREMENTS } from '../measurements.ts';
import type { MeasurementRule } from '../pack.ts';
import { COMMON, measurementOf, STATISTIC_LIMITS } from '../rule-keys.ts';
import { quantity } from '../../wording/amounts.ts';
import type { RuleKind } from './kind.ts';

/** What an active probe found. What was not measured is inconclusive, never fine. */
export const measurement: RuleKind<MeasurementRule> = {
  schema: z
    .strictObject({
      ...COMMON,
      kind: z.literal('measurement'),
      measurement: z.string().describe('name of the measurement'),
      of: measurementOf,
      expect: z.strictObject(STATISTIC_LIMITS).describe('limits of its statistics'),
    })
    .describe('what was measured keeps its limits'),
  check: checkMeasured,
  judge,
};

function judge(claim: Claim<MeasurementRule>): Judgement {
  const { rule } = claim;
  const kind = MEASUREMENTS.get(rule.measurement);
  if (kind === undefined)
    throw new Error(`${rule.measurement} is not a measurement; the pack was not checked`);
  const measured = measuredFor(claim);
  const checks = measured.flatMap((of) => checksOf(rule, kind, of));
  return concludeMeasured(claim, { measured, checks, noChecks: 'not measured', doubts: [] });
}

function checksOf(rule: MeasurementRule, { dimension }: MeasurementKind, of: Measurement): MeasuredCheck[] {
  return STATISTICS.flatMap((statistic) => {
    const text = rule.expect[statistic];
    if (text === undefined) return [];
    const expectation = parseExpectation(text, dimension);
    if ('problem' in expectation)
      throw new Error(`${text}: ${expectation.problem}; the pack was not checked`);
    const value = of.statistics[statistic]?.value ?? null;
    const isKnown = value !== null && Number.isFinite(value) && of.count > 0;
    const outcome = isKnown ? compare(value, expectation, false) : 'open';
    const found = isKnown ? quantity(value, dimension) : 'unknown';
    const which = of.id === null ? '' : ` (${of.id})`;
    return {
      of,
      statistic,
      outcome,
      found,
      broken: `${statistic} of ${rule.measurement}${which} is ${found}, expected ${text.trim()}`,
      doubt: outcome === 'open' ? `not measured: ${statistic} of ${rule.measurement}` : null,
    };
  });
}
