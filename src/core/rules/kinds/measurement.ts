import { type Measurement, type Statistic, STATISTICS } from '../../../model/measurement.ts';
import { numberFinding } from '../aggregates.ts';
import type { Claim } from '../claim.ts';
import { type Outcome, compare, parseExpectation } from '../expectation.ts';
import { type Judgement, conclude } from '../judgement.ts';
import { measuredFor } from '../measured.ts';
import { type MeasurementKind, MEASUREMENTS } from '../measurements.ts';
import type { MeasurementRule } from '../pack.ts';
import { quantity } from '../wording.ts';

interface Check {
  of: Measurement;
  statistic: Statistic;
  text: string;
  value: number | null;
  outcome: Outcome;
}

/** Judges what an active probe found. What was not measured is inconclusive, never fine. */
export function judgeMeasurement(claim: Claim<MeasurementRule>): Judgement {
  const { rule, target } = claim;
  const kind = MEASUREMENTS.get(rule.measurement);
  if (kind === undefined)
    throw new Error(`${rule.measurement} is not a measurement; the pack was not checked`);
  const found = measuredFor(claim);
  const checks = found.flatMap((of) => checksOf(rule, kind, of));
  const say = (value: number | null): string =>
    value === null ? 'unknown' : quantity(value, kind.dimension);
  return conclude(
    {
      measured:
        checks.map(({ statistic, value }) => `${statistic} ${say(value)}`).join(', ') || 'not measured',
      expected: expectationsOf(rule),
      tier: null,
      exceptions: [],
      findings: checks
        .filter(({ outcome, of }) => outcome === 'broken' && of.problem === null)
        .map(({ statistic, value, text, of }, index) =>
          numberFinding(claim, index + 1, {
            subject: { measurement: rule.measurement, id: of.id, statistic },
            count: of.count,
            text: `${target}: ${statistic} of ${rule.measurement}${of.id === null ? '' : ` (${of.id})`} is ${say(value)}, expected ${text.trim()}`,
          }),
        ),
    },
    [
      ...(found.length === 0 ? [`not measured: ${rule.measurement} of ${target}`] : []),
      ...found.flatMap(({ problem }) => problem ?? []),
      ...checks
        .filter(({ outcome }) => outcome === 'open')
        .map(({ statistic }) => `not measured: ${statistic} of ${rule.measurement}`),
    ],
    null,
  );
}

function checksOf(rule: MeasurementRule, { dimension }: MeasurementKind, of: Measurement): Check[] {
  return STATISTICS.flatMap((statistic) => {
    const text = rule.expect[statistic];
    if (text === undefined) return [];
    const expectation = parseExpectation(text, dimension);
    if ('problem' in expectation)
      throw new Error(`${text}: ${expectation.problem}; the pack was not checked`);
    const value = of.statistics[statistic]?.value ?? null;
    const isKnown = value !== null && Number.isFinite(value) && of.count > 0;
    const outcome = isKnown ? compare(value, expectation, false) : 'open';
    return [{ of, statistic, text, value: isKnown ? value : null, outcome }];
  });
}

/** `p50 < 2s, p95 < 3s`. */
export function expectationsOf({ expect }: Pick<MeasurementRule, 'expect'>): string {
  return Object.entries(expect)
    .map(([name, text = '']) => `${name} ${text.trim()}`)
    .join(', ');
}
