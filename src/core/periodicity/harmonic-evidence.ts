import { DEAD_TIMES } from './chain-likelihood.ts';
import type { Series } from './series.ts';
import { POINTS, spectrum } from './spectrum.ts';

const HARMONICS = 4;
const PENALTY = 4;
const MIN_CYCLES = 3;
const SHORTEST_PERIOD = 0.4;
/** Bounds time and memory: longer series are searched only for periods of several mean gaps. */
const MAX_POINTS = 59_000;

export interface HarmonicEvidence {
  /** The H statistic: the largest power of a frequency with up to 4 harmonics, less 4 for each beyond the first. */
  h: number;
  /** In mean gaps; null where the series is too short for any. */
  period: number | null;
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
  if (!(to >= from)) return { h: 0, period: null };
  const power = spectrum(series, 2 * to);
  let h = Number.NEGATIVE_INFINITY;
  let point = from;
  for (let index = from; index <= to; index += 1) {
    let sum = 0;
    for (let harmonic = 1; harmonic <= HARMONICS && harmonic * index < power.length; harmonic += 1) {
      sum += power[harmonic * index] as number;
      const value = sum - PENALTY * (harmonic - 1);
      if (value > h) {
        h = value;
        point = index;
      }
    }
  }
  return { h, period: (span * POINTS) / fundamental(power, point, from) };
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
