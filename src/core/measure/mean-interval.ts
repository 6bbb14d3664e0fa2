import type { MeasuredValue } from '../../model/measurement.ts';

/** With fewer values the mean of a skewed distribution is not yet normal enough. */
const FEWEST = 20;

/** Where the mean lies with 95 % confidence, by Student's t; null where there are fewer than 20 values. */
export function meanInterval(values: ArrayLike<number>): MeasuredValue['interval'] {
  const count = values.length;
  if (count < FEWEST) return null;
  const mean = meanOf(values);
  let squares = 0;
  for (let index = 0; index < count; index += 1) squares += ((values[index] ?? mean) - mean) ** 2;
  const reach = student(count - 1) * Math.sqrt(squares / (count - 1) / count);
  return { low: mean - reach, high: mean + reach };
}

export function meanOf(values: ArrayLike<number>): number {
  let mean = 0;
  for (let index = 0; index < values.length; index += 1)
    mean += ((values[index] ?? mean) - mean) / (index + 1);
  return mean;
}

/** The 97.5 % point of Student's distribution: Cornish-Fisher expansion, Abramowitz and Stegun 26.7.5; exact to 4 digits from 10 degrees on. */
function student(freedom: number): number {
  const z = 1.959_963_984_540_054;
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  );
}
