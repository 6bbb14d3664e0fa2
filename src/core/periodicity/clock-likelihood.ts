import type { Series } from './series.ts';

/** A clock in noise; times in mean gaps. */
export interface Clock {
  period: number;
  /** When a beat comes. */
  at: number;
  /** Standard deviation of a beat from its place, in periods. */
  jitter: number;
  /** Chance of each beat to be lost. */
  lost: number;
}

const LOST = { least: 0.03, most: 0.8 };
const LEAST_NOISE = 0.02;
/** Farther from its place, in deviations, an event is no beat. */
const REACH = 5;

/** What the events say of one place of a clock after the other; sums over all, each event weighted by its chance to be a beat. */
interface Expectation {
  logRatio: number;
  places: number;
  beats: number;
  slope: number;
  at: number;
}

/**
 * Log likelihood ratio of a clock with at most one beat a place against random arrivals alone, less the price of
 * having chosen period and phase, and the clock that fits better (one step of expectation maximisation: Dempster,
 * Laird and Rubin 1977).
 * @param shares room for a number for each event
 */
export function improveClock(
  series: Series,
  clock: Clock,
  shares: Float64Array,
): { logRatio: number; better: Clock } {
  const { logRatio, places, beats, slope, at } = expect(series, clock, shares);
  const span = series.positions[series.count - 1] as number;
  // How much of the plane of phase and number of cycles is as good as this place: the price of having looked at all.
  const fitting = (2 * Math.PI * Math.sqrt(12) * clock.jitter ** 2) / Math.max(1, beats);
  const price = Math.log(Math.max(1, span / clock.period / fitting));
  const lost = Math.min(LOST.most, Math.max(LOST.least, 1 - beats / places));
  return { logRatio: logRatio - price, better: { period: slope, at, jitter: clock.jitter, lost } };
}

function expect(series: Series, { period, at, jitter, lost }: Clock, shares: Float64Array): Expectation {
  const { positions, count, deadTime, exposed } = series;
  const noise = Math.max(LEAST_NOISE, 1 - (1 - lost) / period);
  // As in the likelihood of chains: the dead time leaves random arrivals denser elsewhere.
  const perEvent = ((1 - lost) * (1 - deadTime)) / (noise * period * jitter * Math.sqrt(2 * Math.PI));
  let logRatio = 0;
  let filled = 0;
  let beats = 0;
  let numbers = 0;
  let times = 0;
  for (let first = 0; first < count; ) {
    const place = Math.round(((positions[first] as number) - at) / period);
    let sum = 0;
    let end = first;
    do {
      const z = (((positions[end] as number) - at) / period - place) / jitter;
      const share = Math.abs(z) > REACH ? 0 : perEvent * Math.exp((-z * z) / 2);
      shares[end] = share;
      sum += share;
      end += 1;
    } while (end < count && (positions[end] as number) < at + (place + 0.5) * period);
    for (let index = first; index < end; index += 1) {
      const share = (shares[index] as number) / (lost + sum);
      shares[index] = share;
      beats += share;
      numbers += share * place;
      times += share * (positions[index] as number);
    }
    logRatio += Math.log(lost + sum);
    filled += 1;
    first = end;
  }
  const places = Math.max(filled, placesIn(series.window, period, at));
  logRatio += (places - filled) * Math.log(lost) + (1 - noise) * exposed + count * Math.log(noise);
  const slope = slopeOf(series, { period, at, shares, number: numbers / beats, time: times / beats });
  return { logRatio, places, beats, slope, at: times / beats - (numbers / beats) * slope };
}

/** Of the line through time against place, weighted by the shares. */
function slopeOf(
  { positions, count }: Series,
  {
    period,
    at,
    shares,
    number,
    time,
  }: { period: number; at: number; shares: Float64Array; number: number; time: number },
): number {
  let products = 0;
  let squares = 0;
  for (let index = 0; index < count; index += 1) {
    const away = Math.round(((positions[index] as number) - at) / period) - number;
    const weighted = (shares[index] as number) * away;
    products += weighted * ((positions[index] as number) - time);
    squares += weighted * away;
  }
  return products / squares;
}

/** Places of a clock that somebody looked at; at both ends of the whole those too whose beat may have come early or late. */
function placesIn(window: Series['window'], period: number, at: number): number {
  let places = 0;
  for (let index = 0; index < window.length; index += 1) {
    const { from, to } = window[index] as { from: number; to: number };
    const first = Math.ceil((from - at) / period - (index === 0 ? 0.5 : 0));
    const last = Math.floor((to - at) / period + (index === window.length - 1 ? 0.5 : 0));
    places += Math.max(0, last - first + 1);
  }
  return places;
}
