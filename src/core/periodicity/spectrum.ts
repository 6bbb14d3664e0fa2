import { type Amplitudes, transformCounts } from './fourier.ts';
import { runningMedian } from './running-median.ts';
import type { Series } from './series.ts';

/** Points of the spectrum in a cycle of the whole span. */
export const POINTS = 4;
/** Above, a transform of binned counts is cheaper than the sum over the events. */
const DIRECT = 128;
/** The median of a chi-square variable with two degrees of freedom: what random arrivals have. */
const RANDOM_MEDIAN = 1.386;
const MEDIAN_REACH_CYCLES = 8;

/**
 * Power of the events' Fourier transform at 0, 1/POINTS, 2/POINTS … cycles, up to `top` points; chi-square with two
 * degrees of freedom for random arrivals. What the window alone would show is subtracted from the amplitude (its side
 * lobes wreck large counts), and coloured noise is divided out by a running median.
 */
export function spectrum(series: Series, top: number): Float64Array {
  const { count, positions, window } = series;
  const span = Math.max(Number.MIN_VALUE, positions[count - 1] ?? 0);
  const { re, im } = count > DIRECT ? binned(positions, span, top) : direct(positions, span, top);
  subtractWindow(re, im, window, span, count);
  const power = new Float64Array(top + 1);
  for (let index = 1; index <= top; index += 1) {
    power[index] = (2 * ((re[index] as number) ** 2 + (im[index] as number) ** 2)) / count;
  }
  const medians = runningMedian(power, MEDIAN_REACH_CYCLES * POINTS);
  for (let index = 1; index <= top; index += 1) {
    power[index] = (power[index] as number) / Math.max(1, (medians[index] as number) / RANDOM_MEDIAN);
  }
  return power;
}

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
  for (let index = 0; index < bins.length; index += 1) {
    bins[index] = Math.round(((positions[index] as number) / span) * (size / POINTS)) % size;
  }
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
  for (const { from, to } of window) {
    addEdge(re, im, to / span, (count / exposed) * span);
    addEdge(re, im, from / span, (-count / exposed) * span);
  }
}

/** Subtracts weight · exp(iωu) / (iω) at every ω but 0: one end of the integral of exp(iωt). */
function addEdge(re: Float64Array, im: Float64Array, u: number, weight: number): void {
  const step = (2 * Math.PI) / POINTS;
  const c = Math.cos(step * u);
  const s = Math.sin(step * u);
  let a = c;
  let b = s;
  for (let index = 1; index < re.length; index += 1) {
    const factor = weight / (step * index);
    re[index] = (re[index] as number) - b * factor;
    im[index] = (im[index] as number) + a * factor;
    const turned = a * c - b * s;
    b = a * s + b * c;
    a = turned;
  }
}
