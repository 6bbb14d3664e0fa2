/** Where the tails begin that are extrapolated. */
const ANCHOR = 0.01;

/**
 * Chance of a value as large, log-linear between the quantiles and falling as exp(−value) beyond the last one, as
 * likelihood ratios do.
 * @param levels chances, descending, the last one ANCHOR; `quantiles` are theirs
 */
export function upperTail(value: number, levels: readonly number[], quantiles: readonly number[]): number {
  const anchor = quantiles.at(-1) as number;
  if (value >= anchor) return ANCHOR * Math.exp(anchor - value);
  const above = quantiles.findIndex((quantile) => quantile > value);
  const high = quantiles[above] as number;
  const highLevel = Math.log(levels[above] as number);
  const low = above === 0 ? high - 3 : (quantiles[above - 1] as number);
  const lowLevel = above === 0 ? 0 : Math.log(levels[above - 1] as number);
  const share = Math.max(0, (value - low) / (high - low));
  return Math.exp(lowLevel + share * (highLevel - lowLevel));
}
