import { DEAD_TIMES } from './collapse.ts';
import type { Series } from './series.ts';
import { POINTS, spectrum, whitened } from './spectrum.ts';
import { Whitening } from './whitening.ts';

const HARMONICS = 4;
const PENALTY = 4;
const MIN_CYCLES = 3;
const CANDIDATES = 4;
const SHORTEST_PERIOD = 0.4;
/** Bounds time and memory: longer series are searched only for periods of several mean gaps. */
const MAX_POINTS = 59_000;

export interface HarmonicEvidence {
  /**
   * The H statistic: the largest power of a frequency with up to 4 harmonics, less 4 for each beyond the first. Where that does
   * not matter, what it is at most.
   */
  h: number;
  /** In mean gaps; null where the series is too short for any, or where it does not matter. */
  period: number | null;
}

/**
 * H-test (de Jager, Raubenheimer and Swanepoel 1989) over all frequencies from 3 cycles in the span up. Beats that
 * keep their phase add up here whatever is missing or mixed in between.
 * @param matters whether anybody asks for more than that H is at most so large: coloured noise can only lessen it
 */
export function harmonicEvidence(series: Series, matters: (most: number) => boolean): HarmonicEvidence {
  const points = pointsOf(series);
  if (points === null) return { h: 0, period: null };
  const { span, from, to } = points;
  const coloured = spectrum(series, 2 * to);
  const seed = highest(coloured, from, to);
  const most = scoreIn(coloured, seed);
  if (!matters(most)) return { h: most, period: null };
  const whitening = new Whitening(coloured);
  const point = highestWhitened(whitening, seed, from, to);
  const { power } = whitening;
  for (const at of simpleRatios(point, from, power.length)) whitening.tell(at);
  return { h: scoreIn(power, point), period: (span * POINTS) / fundamental(power, point, from) };
}

/** Periods of the best and of the next best frequencies of the H-test, in mean gaps; none where the series is too short for any. */
export function harmonicCandidates(series: Series): number[] {
  const points = pointsOf(series);
  if (points === null) return [];
  const { span, from, to } = points;
  const power = whitened(spectrum(series, 2 * to));
  const scores = new Float64Array(to + 1);
  for (let index = from; index <= to; index += 1) scores[index] = scoreIn(power, index);
  const peaks = peaksOf(scores, from, to, CANDIDATES);
  const main = fundamental(power, peaks[0] ?? from, from);
  return [main, ...peaks].map((index) => (span * POINTS) / index);
}

/** The frequencies that are tried, as points of the spectrum; null where there are none. */
function pointsOf({ positions, count, deadTime }: Series): { span: number; from: number; to: number } | null {
  const span = positions[count - 1] ?? 0;
  const most = span / Math.max(SHORTEST_PERIOD, DEAD_TIMES * deadTime);
  const to = Math.min(Math.floor(most * POINTS), MAX_POINTS / 2);
  const from = MIN_CYCLES * POINTS;
  return to >= from ? { span, from, to } : null;
}

/** The H statistic of one frequency alone. */
function scoreIn(power: Float64Array, index: number): number {
  let sum = 0;
  let best = 0;
  for (let harmonic = 1; harmonic <= HARMONICS && harmonic * index < power.length; harmonic += 1) {
    sum += power[harmonic * index] as number;
    best = Math.max(best, sum - PENALTY * (harmonic - 1));
  }
  return best;
}

/** The first frequency with the highest score. */
function highest(power: Float64Array, from: number, to: number): number {
  let point = from;
  let best = Number.NEGATIVE_INFINITY;
  for (let index = from; index <= to; index += 1) {
    const score = scoreIn(power, index);
    if (score <= best) continue;
    best = score;
    point = index;
  }
  return point;
}

/**
 * The first peak of the highest score when coloured noise is divided out. That makes no power more, and a score is a sum of
 * powers less a constant: a frequency whose score is lower than the best even before is not it.
 */
function highestWhitened(whitening: Whitening, seed: number, from: number, to: number): number {
  const { coloured, power } = whitening;
  const scoreAt = (index: number): number => {
    for (let harmonic = 1; harmonic <= HARMONICS; harmonic += 1) whitening.tell(harmonic * index);
    return scoreIn(power, index);
  };
  let point = seed;
  let best = scoreAt(seed);
  for (let index = from; index <= to; index += 1) {
    if (scoreIn(coloured, index) < best) continue;
    const score = scoreAt(index);
    if (score < best || (score === best && index > point)) continue;
    best = score;
    point = index;
  }
  // Of a peak with a flat top, its end.
  while (point < to && scoreIn(coloured, point + 1) >= best && scoreAt(point + 1) === best) point += 1;
  return point;
}

/** Places of the highest local maxima, the highest first. */
function peaksOf(scores: Float64Array, from: number, to: number, most: number): number[] {
  const peaks: number[] = [];
  for (let index = from; index <= to; index += 1) {
    const score = scores[index] as number;
    const isPeak =
      (index === from || score >= (scores[index - 1] as number)) &&
      (index === to || score > (scores[index + 1] as number));
    if (!isPeak || (peaks.length === most && score <= (scores[peaks.at(-1) as number] as number))) continue;
    if (peaks.length === most) peaks.pop();
    const place = peaks.findIndex((other) => (scores[other] as number) < score);
    peaks.splice(place === -1 ? peaks.length : place, 0, index);
  }
  return peaks;
}

/** The lowest frequency in a simple ratio to the best one that still has much of the largest power. */
function fundamental(power: Float64Array, point: number, from: number): number {
  const candidates = simpleRatios(point, from, power.length).map((at) => ({
    at,
    power: power[at] as number,
  }));
  const largest = Math.max(...candidates.map((one) => one.power));
  const enough = candidates.filter((one) => one.power >= 12 && one.power >= 0.45 * largest);
  if (enough.length === 0) return point;
  const lowest = Math.min(...enough.map(({ at }) => at));
  const near = enough.filter(({ at }) => at <= lowest + 2);
  return near.reduce((best, one) => (one.power > best.power ? one : best)).at;
}

/** The points in simple ratios to one. */
function simpleRatios(point: number, from: number, length: number): number[] {
  const ratios: number[] = [];
  for (let a = 1; a <= 4; a += 1) {
    for (let b = 1; b <= 5; b += 1) {
      const centre = Math.round((point * a) / b);
      // The true maximum of a ratio lies up to a point aside of the rounded place.
      for (let at = centre - 1; at <= centre + 1; at += 1) if (at >= from && at < length) ratios.push(at);
    }
  }
  return ratios;
}
