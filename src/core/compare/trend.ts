import { middle } from './robust.ts';

export interface Point {
  x: number;
  y: number;
}

/** The median of the slopes between all pairs of points (Theil 1950, Sen 1968); NaN of fewer than two. */
export function theilSenSlope(points: readonly Point[]): number {
  const slopes: number[] = [];
  for (const [index, { x, y }] of points.entries()) {
    for (const later of points.slice(index + 1)) {
      if (later.x !== x) slopes.push((later.y - y) / (later.x - x));
    }
  }
  return middle(slopes);
}

/**
 * The Mann–Kendall statistic as a standard normal variable, with continuity correction and with the variance corrected for
 * ties (Gilbert 1987, section 16.4): above 0 for values that rise. 0 where nothing can be told.
 */
export function mannKendall(values: readonly number[]): number {
  const n = values.length;
  let rises = 0;
  for (const [index, value] of values.entries()) {
    for (const later of values.slice(index + 1)) rises += Math.sign(later - value);
  }
  const variance = (pairTerm(n) - tieTerm(values)) / 18;
  return variance <= 0 || rises === 0 ? 0 : (rises - Math.sign(rises)) / Math.sqrt(variance);
}

const pairTerm = (n: number): number => n * (n - 1) * (2 * n + 5);

function tieTerm(values: readonly number[]): number {
  const sizes = new Map<number, number>();
  for (const value of values) sizes.set(value, (sizes.get(value) ?? 0) + 1);
  return [...sizes.values()].reduce((sum, size) => sum + pairTerm(size), 0);
}
