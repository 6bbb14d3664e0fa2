import { gapsIn, stepsIn } from './best-chain.ts';

/** A period fitted to the beats of a chain; the unit of time is that of the beats. */
export interface PeriodFit {
  model: 'clock' | 'renewal';
  period: number;
  jitter: number;
  /** Half of the 95 % interval of the period. */
  uncertainty: number;
  /** When a beat comes. */
  phase: number;
}

/** Above this jitter, in periods, an interval is more likely uniform than normal: its midrange tells more than its mean. */
const WIDE_JITTER = 0.06;
const NEGLIGIBLE_JITTER = 1e-3;
/** Fewer gaps do not tell a clock from a renewal chain. */
const MIN_CLOCK_GAPS = 8;
/** Log of the odds above which the model is taken as known. */
const SURE = 3;

/**
 * @param runs times of consecutive beats; from one run to another the phase may differ
 * @param roughly the period, right to less than half of it
 * @returns null where there are too few beats
 */
export function fitPeriod(runs: readonly (readonly number[])[], roughly: number): PeriodFit | null {
  const gaps = runs.flatMap((run) => gapsIn(run));
  const freedom = gaps.length - 1;
  if (freedom < 1) return null;
  const steps = gaps.map((gap) => stepsIn(gap, roughly));
  const renewal = fitRenewal(gaps, steps);
  const clock = fitClock(runs, roughly);
  // Both are linear models of the same gaps; their marginal likelihoods under flat priors (Zellner 1971, chapter 3).
  const logClock = (-freedom / 2) * Math.log(clock.squares) - clock.logDeterminant / 2;
  const logRenewal = (-freedom / 2) * Math.log(renewal.squares) - renewal.logDeterminant / 2;
  const jitterOf = (squares: number): number => Math.sqrt(squares / freedom);
  // Where there is no jitter, nothing tells them apart but that timers of the system are the more exact.
  const isExact = jitterOf(renewal.squares) < NEGLIGIBLE_JITTER * renewal.period;
  const isClock = isExact || (gaps.length >= MIN_CLOCK_GAPS && logClock > logRenewal);
  const best = isClock ? clock : renewal;
  const uncertaintyOf = ({ squares, information }: LinearFit): number =>
    (student95(freedom) * jitterOf(squares)) / Math.sqrt(information);
  const isDoubtful = isClock && !isExact && logClock - logRenewal < SURE;
  return {
    model: isClock ? 'clock' : 'renewal',
    period: best.period,
    jitter: jitterOf(best.squares),
    // A renewal chain leaves more room than a clock.
    uncertainty: uncertaintyOf(isDoubtful ? renewal : best),
    phase: best === clock ? clock.phase : (runs[0]?.[0] ?? 0),
  };
}

interface LinearFit {
  period: number;
  /** Sum of the squared residuals, each over its variance in units of the jitter's. */
  squares: number;
  /** Of the period; its variance is that of the jitter over this. */
  information: number;
  logDeterminant: number;
}

/** Gaps of k beats are k periods with k times the variance. */
function fitRenewal(gaps: readonly number[], steps: readonly number[]): LinearFit {
  const information = sum(steps);
  const mean = sum(gaps) / information;
  const squares = sum(
    gaps.map((gap, at) => (gap - (steps[at] as number) * mean) ** 2 / (steps[at] as number)),
  );
  const single = gaps.filter((_, at) => steps[at] === 1);
  const isWide = squares / (gaps.length - 1) > (WIDE_JITTER * mean) ** 2;
  const middle =
    single.reduce((least, gap) => Math.min(least, gap), Number.POSITIVE_INFINITY) / 2 +
    single.reduce((most, gap) => Math.max(most, gap), 0) / 2;
  return {
    period: isWide && single.length >= MIN_MIDRANGE ? (mean + middle) / 2 : mean,
    squares: Math.max(squares, Number.MIN_VALUE),
    information,
    logDeterminant: Math.log(information) + sum(steps.map(Math.log)),
  };
}

const MIN_MIDRANGE = 4;

/** A line through time against beat number, with one slope and a phase for each run. */
function fitClock(runs: readonly (readonly number[])[], roughly: number): LinearFit & { phase: number } {
  const centred = runs.map((run) => centre(run, roughly));
  const products = sum(centred.map((run) => run.products));
  const information = sum(centred.map((run) => run.squaredBeats));
  const correction = products / information;
  const period = roughly + correction;
  const squares = sum(centred.map((run) => run.squaredDrifts)) - products * correction;
  const first = centred[0];
  return {
    period,
    squares: Math.max(squares, Number.MIN_VALUE),
    information,
    logDeterminant: Math.log(information) + sum(runs.map((run) => Math.log(Math.max(1, run.length)))),
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

function centre(times: readonly number[], roughly: number): Centred {
  const origin = times[0] ?? 0;
  let beat = 0;
  const beats = [0, ...gapsIn(times).map((gap) => (beat += stepsIn(gap, roughly)))];
  const meanBeat = sum(beats) / beats.length;
  // Less the rough period: what is left is small, and its squares keep their digits.
  const drifts = times.map((at, index) => at - origin - (beats[index] as number) * roughly);
  const meanDrift = sum(drifts) / Math.max(1, drifts.length);
  let products = 0;
  let squaredBeats = 0;
  let squaredDrifts = 0;
  for (const [index, drift] of drifts.entries()) {
    const away = (beats[index] as number) - meanBeat;
    products += away * (drift - meanDrift);
    squaredBeats += away * away;
    squaredDrifts += (drift - meanDrift) ** 2;
  }
  return {
    meanTime: origin + meanDrift + meanBeat * roughly,
    meanBeat,
    products,
    squaredBeats,
    squaredDrifts,
  };
}

/** 97.5 % quantile of Student's distribution (Cornish and Fisher's expansion; Abramowitz and Stegun 26.7.5). */
function student95(freedom: number): number {
  return 1.96 + 2.372 / freedom + 2.822 / freedom ** 2 + 2.556 / freedom ** 3 + 1.589 / freedom ** 4;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
