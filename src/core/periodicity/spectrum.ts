import { type Amplitudes, transformCounts } from './fourier.ts';
import { runningMedian } from './running-median.ts';
import type { Series } from './series.ts';

/** Points of the spectrum in a cycle of the whole span. */
export const POINTS = 4;
/** Above, a transform of binned counts is cheaper than the sum over the events. */
const DIRECT = 128;
/** The median of a chi-square variable with two degrees of freedom: what random arrivals have. */
const RANDOM_MEDIAN = 1.386;
/** 8 cycles on either side. */
export const MEDIAN_REACH: number = 8 * POINTS;

/**
 * Power of the events' Fourier transform at 0, 1/POINTS, 2/POINTS … cycles, up to `top` points; chi-square with two
 * degrees of freedom for random arrivals. What the window alone would show is subtracted from the amplitude (its side
 * lobes wreck large counts).
 */
export function spectrum(series: Series, top: number): Float64Array {
  const { count, positions, window } = series;
  const span = Math.max(Number.MIN_VALUE, positions[count - 1] ?? 0);
  const { re, im } = count > DIRECT ? binned(positions, span, top) : direct(positions, span, top);
  subtractWindow(re, im, window, span, count);
  const power = re;
  power[0] = 0;
  for (let index = 1; index <= top; index += 1) {
    power[index] = (2 * ((re[index] as number) ** 2 + (im[index] as number) ** 2)) / count;
  }
  return power;
}

/** The same with coloured noise divided out by a running median; nowhere more than before. */
export function whitened(power: Float64Array): Float64Array {
  const whole = runningMedian(power, MEDIAN_REACH);
  for (let index = 0; index < whole.length; index += 1) {
    whole[index] = whitenedBy(power[index] as number, whole[index] as number);
  }
  return whole;
}

/** @param median of the powers around */
export const whitenedBy = (power: number, median: number): number =>
  power / Math.max(1, median / RANDOM_MEDIAN);

function direct(positions: Float64Array, span: number, top: number): Amplitudes {
  const re = new Float64Array(top + 1);
  const im = new Float64Array(top + 1);
  for (const at of positions) addPhasor(re, im, (at / span) * ((2 * Math.PI) / POINTS), 1);
  return { re, im };
}

/** Adds weight · exp(i·index·step) to every point. */
function addPhasor(re: Float64Array, im: Float64Array, step: number, weight: number): void {
  const c = Math.cos(step);
  const s = Math.sin(step);
  let a = weight;
  let b = 0;
  for (let index = 0; index < re.length; index += 1) {
    re[index] = (re[index] as number) + a;
    im[index] = (im[index] as number) + b;
    const turned = a * c - b * s;
    b = a * s + b * c;
    a = turned;
  }
}

function binned(positions: Float64Array, span: number, top: number): Amplitudes {
  const size = 2 ** Math.ceil(Math.log2(2.2 * top + 2));
  const bins = new Uint32Array(positions.length);
  // A bin never lies beyond the last: the span takes up a part of them.
  const perGap = size / POINTS / span;
  for (let index = 0; index < bins.length; index += 1)
    bins[index] = (positions[index] as number) * perGap + 0.5;
  const { re, im } = transformCounts(bins, size);
  return { re: re.subarray(0, top + 1), im: im.subarray(0, top + 1) };
}

/** The transform of a constant rate over the exposed spans, as many events as there are. */
function subtractWindow(
  re: Float64Array,
  im: Float64Array,
  window: Series['window'],
  span: number,
  count: number,
): void {
  const exposed = window.reduce((sum, { from, to }) => sum + to - from, 0);
  for (const { from, to } of window) subtractSpan(re, im, from / span, to / span, (count / exposed) * span);
}

/** Subtracts weight · (exp(iωto) − exp(iωfrom)) / (iω) at every ω but 0: the integral of exp(iωt). */
function subtractSpan(re: Float64Array, im: Float64Array, from: number, to: number, weight: number): void {
  const step = (2 * Math.PI) / POINTS;
  const [toC, toS] = [Math.cos(step * to), Math.sin(step * to)];
  const [fromC, fromS] = [Math.cos(step * from), Math.sin(step * from)];
  let [toA, toB, fromA, fromB] = [toC, toS, fromC, fromS];
  for (let index = 1; index < re.length; index += 1) {
    const factor = weight / (step * index);
    re[index] = (re[index] as number) - toB * factor + fromB * factor;
    im[index] = (im[index] as number) + toA * factor - fromA * factor;
    const toTurned = toA * toC - toB * toS;
    toB = toA * toS + toB * toC;
    toA = toTurned;
    const fromTurned = fromA * fromC - fromB * fromS;
    fromB = fromA * fromS + fromB * fromC;
    fromA = fromTurned;
  }
}
