/** Coefficients of Abramowitz and Stegun 26.2.23; the error is below 0.00045. */
const NUMERATOR = [2.515_517, 0.802_853, 0.010_328] as const;
const DENOMINATOR = [1, 1.432_788, 0.189_269, 0.001_308] as const;

/** What a standard normal variable exceeds with a probability of at most one half. */
export function normalQuantile(exceeded: number): number {
  const t = Math.sqrt(-2 * Math.log(exceeded));
  return t - polynomial(NUMERATOR, t) / polynomial(DENOMINATOR, t);
}

/** The same of Student's t, by the expansion about the normal one (Abramowitz and Stegun 26.7.5). */
export function studentQuantile(exceeded: number, freedom: number): number {
  const z = normalQuantile(exceeded);
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / 384;
  return z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}
