import { stepsIn } from './best-chain.ts';

/** One of the two models of a period, fitted to the same gaps by least squares. */
export interface LinearFit {
  period: number;
  /** Sum of the squared residuals, each over its variance in units of the jitter's. */
  squares: number;
  /** Of the period; its variance is that of the jitter over this. */
  information: number;
  logDeterminant: number;
}

/** Above this jitter, in periods, an interval is more likely uniform than normal: its midrange tells more than its mean. */
const WIDE_JITTER = 0.06;
const MIN_MIDRANGE = 4;

/** Gaps of k beats are k periods with k times the variance. */
export function fitRenewal(gaps: readonly number[], steps: readonly number[]): LinearFit {
  let information = 0;
  let whole = 0;
  for (let at = 0; at < gaps.length; at += 1) {
    information += steps[at] as number;
    whole += gaps[at] as number;
  }
  const mean = whole / information;
  let squares = 0;
  let logSteps = 0;
  let singles = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (let at = 0; at < gaps.length; at += 1) {
    const gap = gaps[at] as number;
    const step = steps[at] as number;
    squares += (gap - step * mean) ** 2 / step;
    logSteps += Math.log(step);
    if (step > 1) continue;
    singles += 1;
    least = Math.min(least, gap);
    most = Math.max(most, gap);
  }
  const isWide = singles >= MIN_MIDRANGE && squares / (gaps.length - 1) > (WIDE_JITTER * mean) ** 2;
  return {
    period: isWide ? (mean + (least + most) / 2) / 2 : mean,
    squares: Math.max(squares, Number.MIN_VALUE),
    information,
    logDeterminant: Math.log(information) + logSteps,
  };
}

/** A line through time against beat number, with one slope and a phase for each run. */
export function fitClock(
  runs: readonly (readonly number[])[],
  roughly: number,
): LinearFit & { phase: number } {
  let products = 0;
  let information = 0;
  let squaredDrifts = 0;
  let logBeats = 0;
  let first: Centred | undefined;
  for (const run of runs) {
    const centred = centre(run, roughly);
    first ??= centred;
    products += centred.products;
    information += centred.squaredBeats;
    squaredDrifts += centred.squaredDrifts;
    logBeats += Math.log(Math.max(1, run.length));
  }
  const correction = products / information;
  const period = roughly + correction;
  return {
    period,
    squares: Math.max(squaredDrifts - products * correction, Number.MIN_VALUE),
    information,
    logDeterminant: Math.log(information) + logBeats,
    phase: first === undefined ? 0 : first.meanTime - first.meanBeat * period,
  };
}

interface Centred {
  meanTime: number;
  meanBeat: number;
  products: number;
  squaredBeats: number;
  squaredDrifts: number;
}

/** What is left of a run's times less the rough period is small, and its squares keep their digits. */
function centre(times: readonly number[], roughly: number): Centred {
  const count = Math.max(1, times.length);
  const origin = times[0] ?? 0;
  const beats = new Float64Array(times.length);
  const drifts = new Float64Array(times.length);
  let meanBeat = 0;
  let meanDrift = 0;
  for (let index = 1; index < times.length; index += 1) {
    const at = times[index] as number;
    const beat = (beats[index - 1] as number) + stepsIn(at - (times[index - 1] as number), roughly);
    beats[index] = beat;
    drifts[index] = at - origin - beat * roughly;
    meanBeat += beat / count;
    meanDrift += (drifts[index] as number) / count;
  }
  let products = 0;
  let squaredBeats = 0;
  let squaredDrifts = 0;
  for (let index = 0; index < times.length; index += 1) {
    const away = (beats[index] as number) - meanBeat;
    const drift = (drifts[index] as number) - meanDrift;
    products += away * drift;
    squaredBeats += away * away;
    squaredDrifts += drift * drift;
  }
  return {
    meanTime: origin + meanDrift + meanBeat * roughly,
    meanBeat,
    products,
    squaredBeats,
    squaredDrifts,
  };
}
