import { DEAD_TIMES } from './collapse.ts';
import type { Series } from './series.ts';
import { POINTS, spectrum } from './spectrum.ts';

const HARMONICS = 4;
const PENALTY = 4;
const MIN_CYCLES = 3;
const CANDIDATES = 4;
const SHORTEST_PERIOD = 0.4;
/** Bounds time and memory: longer series are searched only for periods of several mean gaps. */
const MAX_POINTS = 59_000;

export interface HarmonicEvidence {
  /** The H statistic: the largest power of a frequency with up to 4 harmonics, less 4 for each beyond the first. */
  h: number;
  /** In mean gaps; null where the series is too short for any. */
  period: number | null;
  /** Periods of this and of the next best frequencies, in mean gaps. */
  candidates: number[];
}

/**
 * H-test (de Jager, Raubenheimer and Swanepoel 1989) over all frequencies from 3 cycles in the span up. Beats that
 * keep their phase add up here whatever is missing or mixed in between.
 */
export function harmonicEvidence(series: Series): HarmonicEvidence {
  const span = series.positions[series.count - 1] ?? 0;
  const highest = span / Math.max(SHORTEST_PERIOD, DEAD_TIMES * series.deadTime);
  const to = Math.min(Math.floor(highest * POINTS), MAX_POINTS / 2);
  const from = MIN_CYCLES * POINTS;
  if (!(to >= from)) return { h: 0, period: null, candidates: [] };
  const power = spectrum(series, 2 * to);
  const scores = scoresOf(power, from, to);
  const peaks = peaksOf(scores, from, to, CANDIDATES);
  const point = peaks[0] ?? from;
  const main = fundamental(power, point, from);
  return {
    h: scores[point] as number,
    period: (span * POINTS) / main,
    candidates: [main, ...peaks].map((index) => (span * POINTS) / index),
  };
}

/** The H statistic of each frequency alone. */
function scoresOf(power: Float64Array, from: number, to: number): Float64Array {
  const scores = new Float64Array(to + 1);
  for (let index = from; index <= to; index += 1) {
    let sum = 0;
    let best = 0;
    for (let harmonic = 1; harmonic <= HARMONICS && harmonic * index < power.length; harmonic += 1) {
      sum += power[harmonic * index] as number;
      best = Math.max(best, sum - PENALTY * (harmonic - 1));
    }
    scores[index] = best;
  }
  return scores;
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
  const candidates: { at: number; power: number }[] = [];
  for (let a = 1; a <= 4; a += 1) {
    for (let b = 1; b <= 5; b += 1) {
      const centre = Math.round((point * a) / b);
      // The true maximum of a ratio lies up to a point aside of the rounded place.
      for (let at = centre - 1; at <= centre + 1; at += 1) {
        if (at >= from && at < power.length) candidates.push({ at, power: power[at] as number });
      }
    }
  }
  const largest = Math.max(...candidates.map((one) => one.power));
  const enough = candidates.filter((one) => one.power >= 12 && one.power >= 0.45 * largest);
  if (enough.length === 0) return point;
  const lowest = Math.min(...enough.map(({ at }) => at));
  const near = enough.filter(({ at }) => at <= lowest + 2);
  return near.reduce((best, one) => (one.power > best.power ? one : best)).at;
}
