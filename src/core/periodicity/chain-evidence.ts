import { logLikelihoodRatio, longest } from './chain-likelihood.ts';
import { CHAIN_MODELS, type ChainModel } from './chain-model.ts';
import { DEAD_TIMES } from './collapse.ts';
import { type Series, segmentsFor } from './series.ts';

/** Small jitters are tried only around the best periods of this one: half the time for the same power. */
const SCOUT = 0.12;
const SCOUTED = { count: 5, logWidth: 0.075 };

export interface ChainEvidence {
  /** Largest log likelihood ratio of a chain in noise against noise alone, less the model's price. */
  logRatio: number;
  model: ChainModel | null;
}

/** The statistic F: the best of some 500 chain models, each summed over all ways in which a chain can lie in the series. */
export function chainEvidence(series: Series): ChainEvidence {
  const segments = segmentsFor(series);
  const weights = new Float64Array(longest(segments));
  const best: ChainEvidence = { logRatio: Number.NEGATIVE_INFINITY, model: null };
  const judge = (model: ChainModel): number => {
    const logRatio = logLikelihoodRatio(segments, model, series.deadTime, weights) - model.price;
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
