/** The middle value, or the mean of the two in the middle; NaN of none. */
export function middle(values: readonly number[]): number {
  return middleOfSorted(Float64Array.from(values).sort());
}

/** The same, null of none. */
export function medianOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : middle(values);
}

/** The same of values that are in order. */
export function middleOfSorted(sorted: Float64Array): number {
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2;
}

/** Makes the median absolute deviation of normal values their standard deviation: 1 / Φ⁻¹(3/4). */
const NORMAL_CONSISTENCY = 1.4826;

/** Standard deviation as the median absolute deviation tells it: up to half of the values may be outliers. */
export function robustDeviation(values: readonly number[]): number {
  const center = middle(values);
  return NORMAL_CONSISTENCY * middle(values.map((value) => Math.abs(value - center)));
}
