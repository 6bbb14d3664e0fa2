import { gapsIn, stepsIn } from './best-chain.ts';
import { type LinearFit, fitClock, fitRenewal } from './linear-fit.ts';

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

const NEGLIGIBLE_JITTER = 1e-3;
/** Fewer gaps do not tell a clock from a renewal chain. */
const MIN_CLOCK_GAPS = 8;
/** Log of the odds above which the model is taken as known. */
const SURE = 6;

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

/** 97.5 % quantile of Student's distribution (Cornish and Fisher's expansion; Abramowitz and Stegun 26.7.5). */
function student95(freedom: number): number {
  return 1.96 + 2.372 / freedom + 2.822 / freedom ** 2 + 2.556 / freedom ** 3 + 1.589 / freedom ** 4;
}
