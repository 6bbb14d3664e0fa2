import { type ChainModel, noiseAround, PAUSE } from './chain-model.ts';
import type { Segment } from './series.ts';

const HUGE = 1e60;
/** Chance that the chain begins within the series instead of before it, and that it ends within. */
const WITHIN = 0.3;

/** Most events in a segment: what the forward algorithm needs room for. */
export function longest(segments: readonly Segment[]): number {
  return segments.reduce((most, { x }) => Math.max(most, x.length), 1);
}

/** Forward algorithm of a hidden renewal chain, against random arrivals of the rate that there is in each segment. */
export function logLikelihoodRatio(
  segments: readonly Segment[],
  model: ChainModel,
  deadTime: number,
  weights: Float64Array,
): number {
  const length = segments.reduce((sum, segment) => sum + segment.length, 0);
  const context = { weights, mayBeEmpty: segments.length > 1, within: WITHIN / length };
  let sum = 0;
  for (const segment of segments) {
    const { rate, x } = segment;
    const { noiseRate, noiseGap } = noiseAround(model, rate, deadTime);
    sum += logChainWeight(segment, model, noiseGap, context);
    sum += (rate - noiseRate) * segment.length + x.length * Math.log(noiseRate / rate);
  }
  return sum;
}

interface Context {
  weights: Float64Array;
  mayBeEmpty: boolean;
  /** Chance to begin, or to end, within a mean gap. */
  within: number;
}

/**
 * Log of the summed weight of all chains in one segment. weights[j]: chains whose last event is j.
 * `resting`: chains that may have paused before j, each with chance PAUSE; `over`: those that may have ended.
 */
function logChainWeight(
  { x, decay, length }: Segment,
  { period, gaps, beatRate, lost }: ChainModel,
  noiseGap: number,
  { weights, mayBeEmpty, within }: Context,
): number {
  const { density, survival } = gaps;
  const perGap = gaps.perPeriod / period;
  const reach = gaps.reach * period;
  const lastIndex = survival.length - 1;
  const next = (noiseGap * (1 - PAUSE)) / period;
  const restart = (noiseGap * PAUSE) / 2;
  let start = noiseGap * beatRate;
  let late = noiseGap * within;
  let scale = 1;
  let logScale = 0;
  let resting = 0;
  let over = 0;
  let from = 0;
  for (let j = 0; j < x.length; j += 1) {
    const at = x[j] as number;
    if (j > 0) resting = (resting + (weights[j - 1] as number)) * (decay[j] as number);
    while (at - (x[from] as number) > reach) from += 1;
    let reached = 0;
    let i = from;
    // Four at a time, in the same order: of fewer turns the processor guesses the number better.
    for (; i + 3 < j; i += 4) {
      reached =
        reached +
        (weights[i] as number) * (density[((at - (x[i] as number)) * perGap) | 0] as number) +
        (weights[i + 1] as number) * (density[((at - (x[i + 1] as number)) * perGap) | 0] as number) +
        (weights[i + 2] as number) * (density[((at - (x[i + 2] as number)) * perGap) | 0] as number) +
        (weights[i + 3] as number) * (density[((at - (x[i + 3] as number)) * perGap) | 0] as number);
    }
    for (; i < j; i += 1) {
      reached += (weights[i] as number) * (density[((at - (x[i] as number)) * perGap) | 0] as number);
    }
    const fresh = start * (survival[Math.min(lastIndex, (at * perGap) | 0)] as number) + late;
    const weight = next * reached + restart * resting + fresh;
    weights[j] = weight;
    over += weight;
    if (weight > HUGE) {
      for (i = from; i <= j; i += 1) weights[i] = (weights[i] as number) / HUGE;
      resting /= HUGE;
      start /= HUGE;
      late /= HUGE;
      over /= HUGE;
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
  const ended = (over * within * period) / (1 - lost);
  return Math.log(total + PAUSE * (resting + last) + ended) + logScale;
}
