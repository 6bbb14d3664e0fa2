import type { MeasuredValue } from '../../model/measurement.ts';

const Z = 1.959_963_984_540_054;

/** A share of so many in percent, with Wilson's score interval: it holds for none and for all, too. Null of nothing. */
export function shareOf(part: number, whole: number): MeasuredValue | null {
  if (whole <= 0) return null;
  const share = part / whole;
  const spread = Z ** 2 / whole;
  const centre = (share + spread / 2) / (1 + spread);
  const reach = (Z / (1 + spread)) * Math.sqrt((share * (1 - share)) / whole + spread / (4 * whole));
  // Rounding must not put the share itself outside.
  const low = part === 0 ? 0 : Math.min(share, centre - reach);
  const high = part === whole ? 1 : Math.max(share, centre + reach);
  return { value: share * 100, interval: { low: percent(low), high: percent(high) } };
}

const percent = (value: number): number => Math.min(1, Math.max(0, value)) * 100;
