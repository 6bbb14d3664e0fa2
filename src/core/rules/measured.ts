import type { Measurement, MeasurementBaseline } from '../../model/measurement.ts';
import type { Claim } from './claim.ts';
import type { MeasurementRule, RegressionRule } from './pack.ts';

type MeasuredClaim = Claim<MeasurementRule | RegressionRule>;

/** The latest measurement of each id that a rule is about: of its target, or of none in particular. */
export function measuredFor({ evidence, rule, target }: MeasuredClaim): Measurement[] {
  const latest = new Map<string | null, Measurement>();
  for (const one of evidence.measurements ?? []) {
    if (one.name !== rule.measurement || (one.target !== null && one.target !== target)) continue;
    const known = latest.get(one.id);
    if (known === undefined || known.atMs <= one.atMs) latest.set(one.id, one);
  }
  return [...latest.values()];
}

/** What a measurement is compared with: the last baseline of the same name, id and target. */
export function baselineOf({ evidence }: MeasuredClaim, measured: Measurement): MeasurementBaseline | null {
  const alike = (evidence.baselines ?? []).filter(
    ({ measurement: { name, id, target } }) =>
      name === measured.name && id === measured.id && target === measured.target,
  );
  return alike.at(-1) ?? null;
}
