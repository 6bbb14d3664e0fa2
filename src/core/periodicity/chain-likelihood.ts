import { CHAIN_MODELS, PAUSE, type ChainModel } from './chain-model.ts';
import { type Segment, type Series, segmentsFor } from './series.ts';

const HUGE = 1e60;
/** A period within so many dead times is what the collapse of bursts makes of random arrivals. */
export const DEAD_TIMES = 2.5;
/** Small jitters are tried only around the best periods of this one: half the time for the same power. */
const SCOUT = 0.12;
const SCOUTED = { count: 5, logWidth: 0.075 };

export interface ChainEvidence {
  /** Largest log likelihood ratio of a chain in noise against noise alone. */
  logRatio: number;
  model: ChainModel | null;
}

/** The statistic F: the best of about 550 chain models, each summed over all ways in which a chain can lie in the series. */
export function chainEvidence(series: Series): ChainEvidence {
  const segments = segmentsFor(series);
  const weights = new Float64Array(longest(segments));
  const best: ChainEvidence = { logRatio: Number.NEGATIVE_INFINITY, model: null };
  const judge = (model: ChainModel): number => {
    const logRatio = logLikelihoodRatio(segments, model, series.deadTime, weights);
    if (logRatio > best.logRatio) Object.assign(best, { logRatio, model });
    return logRatio;
  };
  const shortest = DEAD_TIMES * series.deadTime;
  const scouted = new Map<number, number>();
  for (const [jitter, models] of CHAIN_MODELS) {
    if (jitter < SCOUT) continue;
    for (const model of models) {
      if (model.period < shortest) continue;
      const logRatio = judge(model);
      if (jitter === SCOUT) {
        scouted.set(model.period, Math.max(logRatio, scouted.get(model.period) ?? logRatio));
      }
    }
  }
  const centres = [...scouted].sort((a, b) => b[1] - a[1]).slice(0, SCOUTED.count);
  for (const [jitter, models] of CHAIN_MODELS) {
    if (jitter >= SCOUT) continue;
    for (const model of models) {
      const isNear = centres.some(([period]) => Math.abs(Math.log(model.period / period)) < SCOUTED.logWidth);
      if (isNear && model.period >= shortest) judge(model);
    }
  }
  return best;
}

/** Most events in a segment: what the forward algorithm needs room for. */
export function longest(segments: readonly Segment[]): number {
  return segments.reduce((most, { x }) => Math.max(most, x.length), 1);
}

/** Forward algorithm of a hidden renewal chain, against random arrivals of rate 1. */
export function logLikelihoodRatio(
  segments: readonly Segment[],
  model: ChainModel,
  deadTime: number,
  weights: Float64Array,
): number {
  let sum = 0;
  let length = 0;
  let count = 0;
  for (const segment of segments) {
    sum += logChainWeight(segment, model, deadTime, weights, segments.length > 1);
    length += segment.length;
    count += segment.x.length;
  }
  return sum + (1 - model.noiseRate) * length + count * Math.log(model.noiseRate);
}

/**
 * Log of the summed weight of all chains in one segment. weights[j]: chains whose last event is j.
 * `resting`: chains that may have paused before j, each with chance PAUSE.
 */
function logChainWeight(
  { x, decay, length }: Segment,
  { period, gaps, noiseRate, beatRate, lost }: ChainModel,
  deadTime: number,
  weights: Float64Array,
  mayBeEmpty: boolean,
): number {
  const { density, survival } = gaps;
  const perGap = gaps.perPeriod / period;
  const reach = gaps.reach * period;
  const lastIndex = survival.length - 1;
  // The collapse leaves no random arrival in the dead time after an event, so that those left are denser elsewhere.
  const perNoise = (1 - deadTime) / noiseRate;
  const next = (perNoise * (1 - PAUSE)) / period;
  const restart = (perNoise * PAUSE) / 2;
  let start = perNoise * beatRate;
  let scale = 1;
  let logScale = 0;
  let resting = 0;
  let from = 0;
  for (let j = 0; j < x.length; j += 1) {
    const at = x[j] as number;
    if (j > 0) resting = (resting + (weights[j - 1] as number)) * (decay[j] as number);
    while (at - (x[from] as number) > reach) from += 1;
    let reached = 0;
    for (let i = from; i < j; i += 1) {
      reached += (weights[i] as number) * (density[((at - (x[i] as number)) * perGap) | 0] as number);
    }
    const fresh = start * (survival[Math.min(lastIndex, (at * perGap) | 0)] as number);
    const weight = next * reached + restart * resting + fresh;
    weights[j] = weight;
    if (weight > HUGE) {
      for (let i = from; i <= j; i += 1) weights[i] = (weights[i] as number) / HUGE;
      resting /= HUGE;
      start /= HUGE;
      scale /= HUGE;
      logScale += Math.log(HUGE);
    }
  }
  let total = mayBeEmpty ? scale * Math.max(PAUSE, 1 - ((1 - lost) * length) / period) : 0;
  for (let i = from; i < x.length; i += 1) {
    const left = Math.min(lastIndex, ((length - (x[i] as number)) * perGap) | 0);
    total += (weights[i] as number) * (1 - PAUSE) * (survival[left] as number);
  }
  const last = x.length === 0 ? 0 : (weights[x.length - 1] as number);
  return Math.log(total + PAUSE * (resting + last)) + logScale;
}
