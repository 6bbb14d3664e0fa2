import { medianOf, middle, middleOfSorted } from './robust.ts';

export interface SlopePoint {
  x: number;
  y: number;
}

/** A slope in y per x, and where it lies; with 95 % confidence if the points are independent, unless asked otherwise. */
export interface Slope {
  slope: number;
  low: number;
  high: number;
}

const MIN_POINTS = 5;
/** Pairs grow with the square of the points: what is more is joined first, in groups of neighbours. */
const MAX_POINTS = 500;
const Z_95 = 1.959_964;

/**
 * Median of the slopes of all pairs of points (Theil 1950, Sen 1968): up to 29 % of the points may be anything. The interval is
 * Sen's, from the variance of Kendall's statistic. Null where there are too few points, or all at one x.
 * @param z half the width of the interval in standard deviations of that statistic
 */
export function theilSen(points: readonly SlopePoint[], z: number = Z_95): Slope | null {
  if (points.length < MIN_POINTS) return null;
  const few = joined(points.toSorted((a, b) => a.x - b.x));
  const slopes = slopesBetween(few);
  if (slopes.length === 0) return null;
  const sorted = Float64Array.from(slopes).sort();
  const n = few.length;
  const spread = z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const at = (rank: number): number => sorted[Math.min(sorted.length - 1, Math.max(0, rank))] ?? Number.NaN;
  return {
    slope: middleOfSorted(sorted),
    low: at(Math.floor((sorted.length - spread) / 2) - 1),
    high: at(Math.ceil((sorted.length + spread) / 2)),
  };
}

/** The same median without an interval, of all points as they are; NaN of fewer than two. */
export function theilSenSlope(points: readonly SlopePoint[]): number {
  return middle(slopesBetween(points));
}

function slopesBetween(points: readonly SlopePoint[]): number[] {
  const slopes: number[] = [];
  for (const [index, from] of points.entries()) {
    for (const to of points.slice(index + 1)) {
      if (to.x !== from.x) slopes.push((to.y - from.y) / (to.x - from.x));
    }
  }
  return slopes;
}

function joined(sorted: readonly SlopePoint[]): readonly SlopePoint[] {
  if (sorted.length <= MAX_POINTS) return sorted;
  return Array.from({ length: MAX_POINTS }, (_, nth) => {
    const [from, to] = [nth, nth + 1].map((edge) => Math.floor((edge * sorted.length) / MAX_POINTS));
    const group = sorted.slice(from, to);
    return { x: medianOf(group.map(({ x }) => x)) ?? 0, y: medianOf(group.map(({ y }) => y)) ?? 0 };
  });
}
