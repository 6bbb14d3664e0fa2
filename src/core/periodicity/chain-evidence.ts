import { logLikelihoodRatio, longest } from './chain-likelihood.ts';
import { CHAIN_MODELS, type ChainModel } from './chain-model.ts';
import { DEAD_TIMES } from './collapse.ts';
import { contrast, pairGaps } from './pair-gaps.ts';
import { type Segment, type Series, segmentsFor } from './series.ts';

/** Small jitters are tried only around the best periods of this one: half the time for the same power. */
const SCOUT = 0.12;
const SCOUTED = { count: 5, logWidth: 0.075 };
/**
 * Of longer series only some models are tried: periods and jitters whose gaps stand out. By trial: more of them find no more, and of shorter
 * series gaps are too few to tell.
 */
const THOROUGH = 512;
const RANKED = 12;

export interface ChainEvidence {
  /** Largest log likelihood ratio of a chain in noise against noise alone, less the model's price. */
  logRatio: number;
  model: ChainModel | null;
}

/**
 * The statistic F: the best of some 500 chain models, each summed over all ways in which a chain can lie in the series.
 * Of a long series only the models are tried whose gaps stand out among all of its pairs.
 */
export function chainEvidence(series: Series): ChainEvidence {
  const segments = segmentsFor(series);
  const weights = new Float64Array(longest(segments));
  const shortest = DEAD_TIMES * series.deadTime;
  const best: ChainEvidence = { logRatio: Number.NEGATIVE_INFINITY, model: null };
  const judge: Judge = (model) => {
    const logRatio = logLikelihoodRatio(segments, model, series.deadTime, weights) - model.price;
    if (logRatio > best.logRatio) Object.assign(best, { logRatio, model });
    return logRatio;
  };
  if (series.count > THOROUGH) for (const model of standingOut(segments, shortest)) judge(model);
  else scout(judge, shortest);
  return best;
}

type Judge = (model: ChainModel) => number;

function scout(judge: Judge, shortest: number): void {
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
}

/** The models of the periods and jitters with the highest contrast. */
function standingOut(segments: readonly Segment[], shortest: number): ChainModel[] {
  const gaps = pairGaps(segments);
  const ranked: { models: ChainModel[]; height: number }[] = [];
  for (const [jitter, models] of CHAIN_MODELS) {
    let last: ChainModel[] = [];
    for (const model of models) {
      if (model.period < shortest) continue;
      // Those of one period follow each other, and differ in what they lose only.
      if (last[0]?.period === model.period) last.push(model);
      else ranked.push({ models: (last = [model]), height: contrast(gaps, model.period, jitter) });
    }
  }
  return ranked
    .sort((a, b) => b.height - a.height)
    .slice(0, RANKED)
    .flatMap(({ models }) => models);
}
