import { mannKendall } from './mann-kendall.ts';
import { middle } from './robust.ts';
import { normalQuantile, studentQuantile } from './distribution-quantiles.ts';
import { type Slope, type SlopePoint, theilSen } from './theil-sen.ts';

/** Fewer points cannot tell how much each depends on the one before it. */
export const LEAST_POINTS = 10;

/** What is more is joined first: pairs grow with the square of the points. */
const MOST_POINTS = 200;

export interface NoisySlope extends Slope {
  /** What it was told of: neighbours are joined where there are very many. */
  points: readonly SlopePoint[];
  /** How much of what a point is off the line the next one keeps: 0 nothing, 1 all of it (a level that wanders). */
  persistence: number;
  /** How the points of a rise beyond a slope order, as a standard normal variable; see mannKendall. */
  riseBeyond: (slope: number) => number;
}

/**
 * The slope of a level whose noise depends on what it was before, as that of memory does. Theil and Sen's slope, with the wider
 * of two intervals: Sen's, and that of a line through noise of first order (Prais and Winsten), whose persistence is taken for
 * complete where it cannot be told from that (as Perron and Yabu 2009 do). Null of fewer than LEAST_POINTS.
 * @param points in order of x, about evenly spaced
 * @param alpha probability that the interval does not hold the slope, of both sides together
 */
export function slopeInNoise(points: readonly SlopePoint[], alpha: number): NoisySlope | null {
  if (points.length < LEAST_POINTS) return null;
  const few = joined(points);
  const plain = theilSen(few, 0);
  if (plain === null) return null;
  const residuals = residualsOf(few, plain.slope);
  const persistence = persistenceOf(residuals);
  const inflation = persistence < 1 ? (1 + persistence) / (1 - persistence) : 1;
  const sen = theilSen(few, normalQuantile(alpha / 2) * Math.sqrt(inflation)) ?? plain;
  const half = studentQuantile(alpha / 2, few.length - 2) * standardError(few, residuals, persistence);
  return {
    points: few,
    slope: plain.slope,
    low: Math.min(sen.low, plain.slope - half),
    high: Math.max(sen.high, plain.slope + half),
    persistence,
    riseBeyond: (slope) =>
      mannKendall(
        few.map(({ x, y }) => y - slope * x),
        inflation,
      ),
  };
}

function residualsOf(points: readonly SlopePoint[], slope: number): number[] {
  const bare = points.map(({ x, y }) => y - slope * x);
  const center = middle(bare);
  return bare.map((value) => value - center);
}

/** The 1 % point of n (1 − ρ) for a level that wanders for good, about a fitted line (Fuller 1976, table 8.5.1). */
const WANDERS = 29;

/**
 * First autocorrelation, which a fitted line makes too small by (2 + 4ρ) / n (Kendall 1954). 1 where it cannot be told from a level that
 * wanders for good.
 */
function persistenceOf(residuals: readonly number[]): number {
  const n = residuals.length;
  const mean = residuals.reduce((sum, value) => sum + value, 0) / n;
  let power = 0;
  let lagged = 0;
  for (const [index, value] of residuals.entries()) {
    power += (value - mean) ** 2;
    if (index > 0) lagged += (value - mean) * ((residuals[index - 1] ?? 0) - mean);
  }
  if (power === 0) return 0;
  const correlation = lagged / power;
  if (correlation >= 1 - WANDERS / n) return 1;
  return Math.min(1, Math.max(0, (n * correlation + 2) / (n - 4)));
}

/** Of a fitted slope, exactly for noise of first order; what is new of each residual is taken for independent. */
function standardError(
  points: readonly SlopePoint[],
  residuals: readonly number[],
  persistence: number,
): number {
  const n = points.length;
  const news = residuals.slice(1).map((value, index) => value - persistence * (residuals[index] ?? 0));
  const center = news.reduce((sum, value) => sum + value, 0) / news.length;
  const variance = news.reduce((sum, value) => sum + (value - center) ** 2, 0) / (n - 3);
  const middleX = points.reduce((sum, { x }) => sum + x, 0) / n;
  const spread = points.reduce((sum, { x }) => sum + (x - middleX) ** 2, 0);
  let kept = 0;
  let squares = 0;
  for (const [index, { x }] of [...points.entries()].toReversed()) {
    kept = (x - middleX) / spread + persistence * kept;
    squares += index === 0 && persistence < 1 ? kept ** 2 / (1 - persistence ** 2) : kept ** 2;
  }
  return Math.sqrt(variance * squares);
}

/** Means of groups of neighbours of the same size, within one. */
function joined(points: readonly SlopePoint[]): readonly SlopePoint[] {
  if (points.length <= MOST_POINTS) return points;
  return Array.from({ length: MOST_POINTS }, (_, nth) => {
    const [from = 0, to = 0] = [nth, nth + 1].map((edge) => Math.floor((edge * points.length) / MOST_POINTS));
    const group = points.slice(from, to);
    const mean = (of: (point: SlopePoint) => number): number =>
      group.reduce((sum, point) => sum + of(point), 0) / group.length;
    return { x: mean(({ x }) => x), y: mean(({ y }) => y) };
  });
}
