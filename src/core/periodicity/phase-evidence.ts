import { type Clock, improveClock } from './clock-likelihood.ts';
import { DEAD_TIMES } from './collapse.ts';
import { harmonicCandidates, harmonicEvidence } from './harmonic-evidence.ts';
import { type Series, WHOLE } from './series.ts';

/** Jitters of the clocks that are tried, in periods, each refined from the one before: few, as more fit noise as well. */
const JITTERS = [0.12, 0.06, 0.06, 0.03];
/** In steps of the stamps: a narrower place would hold more of them than its share where one lies in its middle. */
const ROUNDING = 0.5;
/** A refined clock that leaves its period so far behind is another candidate's. */
const FARTHEST = 1.3;
/** In noise, H falls off as exp(−H/3.2): over it, both statistics have tails of slope 1. */
const HARMONIC_SCALE = 3.2;

export interface PhaseEvidence {
  /** Evidence of beats that keep their phase, as the logarithm of a likelihood ratio; where that does not matter, its most. */
  logRatio: number;
  /** In mean gaps; null where the series is too short for any. */
  period: number | null;
}

/**
 * The statistic C: the best clock near the peaks of the H-test. What beats are missing or mixed with adds up here over
 * the whole series. In a long series the H-test itself tells enough, and is cheaper.
 * @param matters whether anybody asks for more than that it is at most so much
 */
export function phaseEvidence(
  series: Series,
  matters: (mostLogRatio: number) => boolean = () => true,
): PhaseEvidence {
  if (series.count > WHOLE) {
    const { h, period } = harmonicEvidence(series, (most) => matters(most / HARMONIC_SCALE));
    return { logRatio: h / HARMONIC_SCALE, period };
  }
  const best: PhaseEvidence = { logRatio: NONE, period: null };
  const shares = new Float64Array(series.count);
  for (const candidate of harmonicCandidates(series)) followClock(series, candidate, shares, best);
  return best;
}

/** What is not found at all is less than any clock. */
const NONE = -1000;

function followClock(series: Series, period: number, shares: Float64Array, best: PhaseEvidence): void {
  const shortest = DEAD_TIMES * series.deadTime;
  let clock: Clock = { period, at: circularMean(series.positions, period), jitter: 0, lost: 0.3 };
  for (const jitter of JITTERS) {
    clock = { ...clock, jitter: Math.max(jitter, (ROUNDING * series.resolution) / clock.period) };
    const { logRatio, better } = improveClock(series, clock, shares);
    if (clock.period >= shortest && logRatio > best.logRatio) {
      Object.assign(best, { logRatio, period: clock.period });
    }
    clock = better;
    if (!(clock.period < FARTHEST * period && clock.period * FARTHEST > period)) return;
  }
}

/** Where in the period the events are on average. */
export function circularMean(positions: Float64Array, period: number): number {
  let re = 0;
  let im = 0;
  for (let index = 0; index < positions.length; index += 1) {
    const angle = (2 * Math.PI * (positions[index] as number)) / period;
    re += Math.cos(angle);
    im += Math.sin(angle);
  }
  return (Math.atan2(im, re) / (2 * Math.PI)) * period;
}
