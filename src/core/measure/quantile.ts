/**
 * The smallest value that at least this share of the values does not exceed: nearest rank, the inverse of the empirical
 * distribution (type 1 of Hyndman and Fan 1996). No interpolation: it is always a value that was measured.
 * @param sorted ascending, at least one
 * @param share above 0, up to 1
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const rank = Math.ceil(share * sorted.length - 1e-9);
  const value = sorted[Math.min(sorted.length, Math.max(1, rank)) - 1];
  if (value === undefined) throw new Error('no values, no quantile');
  return value;
}
