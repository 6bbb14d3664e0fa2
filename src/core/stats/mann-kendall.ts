/**
 * The Mann–Kendall statistic as a standard normal variable, with continuity correction and with the variance corrected for
 * ties (Gilbert 1987, section 16.4): above 0 for values that rise. 0 where nothing can be told.
 * @param inflation of the variance, where values depend on those before them; see varianceInflation
 */
export function mannKendall(values: readonly number[], inflation = 1): number {
  const n = values.length;
  let rises = 0;
  for (const [index, value] of values.entries()) {
    for (const later of values.slice(index + 1)) rises += Math.sign(later - value);
  }
  const variance = (inflation * (pairTerm(n) - tieTerm(values))) / 18;
  return variance <= 0 || rises === 0 ? 0 : (rises - Math.sign(rises)) / Math.sqrt(variance);
}

/** A level that wanders is not told from one that grows by fewer windows than it takes to come back. */
const HIGHEST_CORRELATION = 0.9;

/**
 * How much more a trend statistic scatters for values that depend on the one before them (a level that wanders), from what
 * is left about the line: (1 + ρ) / (1 − ρ) of its first autocorrelation (Hamed and Rao 1998, for a series of first order),
 * which a fitted line makes too small by (1 + 4ρ) / n (Kendall 1954). At least 1.
 */
export function varianceInflation(residuals: readonly number[]): number {
  const n = residuals.length;
  const mean = residuals.reduce((sum, value) => sum + value, 0) / n;
  const centered = residuals.map((value) => value - mean);
  const power = centered.reduce((sum, value) => sum + value * value, 0);
  if (n <= 4 || power === 0) return 1;
  const lagged = centered.slice(1).reduce((sum, value, index) => sum + value * (centered[index] ?? 0), 0);
  const correlation = (n * (lagged / power) + 1) / (n - 4);
  const bounded = Math.min(HIGHEST_CORRELATION, Math.max(0, correlation));
  return (1 + bounded) / (1 - bounded);
}

const pairTerm = (n: number): number => n * (n - 1) * (2 * n + 5);

function tieTerm(values: readonly number[]): number {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, size) => sum + pairTerm(size), 0);
}
