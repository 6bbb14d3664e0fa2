import type { Measurement, MeasurementBaseline } from '../../model/measurement.ts';
import type { Claim } from './claim.ts';
import type { MeasurementRule, RegressionRule } from './pack.ts';

type MeasuredClaim = Claim<MeasurementRule | RegressionRule>;

/** The latest measurement of each id that a rule is about: of its target, or of none in particular; where it names an id, that one. */
export function measuredFor({ evidence, rule, target }: MeasuredClaim): Measurement[] {
  const latest = new Map<string | null, Measurement>();
  for (const one of evidence.measurements ?? []) {
    if (one.name !== rule.measurement || (one.target !== null && one.target !== target)) continue;
    if (rule.of !== undefined && rule.of !== one.id) continue;
    const known = latest.get(one.id);
    if (known === undefined || known.atMs <= one.atMs) latest.set(one.id, one);
  }
  return [...latest.values()];
}

/** What a measurement is compared with: all runs of the last baseline that holds its name, id and target. */
export function baselineOf({ evidence }: MeasuredClaim, measured: Measurement): MeasurementBaseline[] {
  const alike = (evidence.baselines ?? []).filter(
    ({ measurement: { name, id, target } }) =>
      name === measured.name && id === measured.id && target === measured.target,
  );
  const last = alike.at(-1)?.baseline;
  return alike.filter(({ baseline }) => baseline === last);
}

/** What the last baseline holds of what a rule is about, and nobody measured again. */
export function notMeasuredAgain(claim: MeasuredClaim, measured: readonly Measurement[]): Measurement[] {
  const { evidence, rule, target: claimed } = claim;
  const last = measured.flatMap((one) => baselineOf(claim, one)).at(-1)?.baseline;
  return (evidence.baselines ?? [])
    .filter(({ baseline }) => baseline === last)
    .map(({ measurement }) => measurement)
    .filter(({ name, target }) => name === rule.measurement && (target === null || target === claimed))
    .filter(({ id }) => (rule.of === undefined || rule.of === id) && measured.every((one) => one.id !== id));
}
