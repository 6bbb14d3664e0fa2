/** Beats that are followed across, so many that more lost in a row have a chance of half a percent; then a chain ends. */
const STEPS = { least: 3, most: 8, rest: 0.005 };
/** Grid points in a standard deviation of the jitter. */
const RESOLUTION = 16;

/** How the gap between two events of a chain is distributed, in periods, tabulated. */
export interface GapDensity {
  density: Float64Array;
  /** Chance that the gap is longer. */
  survival: Float64Array;
  /** The last gap with a density worth counting. */
  reach: number;
  /** Grid points in a period. */
  perPeriod: number;
}

/**
 * A renewal chain whose events are lost one by one with probability `lost`: f(u) = Σ (1−q) q^(k−1) N(u; k, kσ²).
 * @param jitter standard deviation of an interval, in periods
 */
export function gapDensity(jitter: number, lost: number): GapDensity {
  const steps = Math.min(STEPS.most, Math.max(STEPS.least, Math.ceil(Math.log(STEPS.rest) / Math.log(lost))));
  const reach = steps + 4 * jitter * Math.sqrt(steps);
  const perPeriod = RESOLUTION / jitter;
  const size = Math.ceil(reach * perPeriod) + 2;
  const density = new Float64Array(size);
  const survival = new Float64Array(size);
  for (let k = 1; k <= steps; k += 1) {
    const deviation = jitter * Math.sqrt(k);
    const weight = ((1 - lost) * lost ** (k - 1)) / (deviation * Math.sqrt(2 * Math.PI));
    const from = Math.max(0, Math.floor((k - 6 * deviation) * perPeriod));
    const to = Math.min(size - 1, Math.ceil((k + 6 * deviation) * perPeriod));
    for (let index = from; index <= to; index += 1) {
      const z = ((index + 0.5) / perPeriod - k) / deviation;
      density[index] = (density[index] as number) + weight * Math.exp((-z * z) / 2);
    }
  }
  let passed = 0;
  for (let index = 0; index < size; index += 1) {
    survival[index] = Math.max(0, 1 - passed);
    passed += (density[index] as number) / perPeriod;
  }
  return { density, survival, reach, perPeriod };
}
