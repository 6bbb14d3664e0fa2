import { logLikelihoodRatio, longest } from './chain-likelihood.ts';
import { CHAIN_MODELS } from './chain-model.ts';
import { DEAD_TIMES } from './collapse.ts';
import { type Series, segmentsFor } from './series.ts';

/** One model a period, of this jitter: what has a period at all shows something there. */
const JITTER = 0.12;
const MODELS = (CHAIN_MODELS.get(JITTER) ?? []).filter(
  ({ period }, index, models) => models[index - 1]?.period !== period,
);
/** At a false alarm probability of 1 % any evidence is enough; the more is asked for, the more shows itself here. */
const BASE = 0.01;
const SLOPE = 0.15;

/** Longer series can have a period by models that nothing shows beside: half of its beats lost, among as much else (1 in 60 at 24 events, by trial). */
const LONGEST = 16;

/** Whether a series may have a period with this false alarm probability: of a short one from a seventh of the search, of others always. */
export function mayBePeriodic(series: Series, alpha: number): boolean {
  if (series.count > LONGEST) return true;
  const enough = SLOPE * Math.log(BASE / alpha);
  const segments = segmentsFor(series);
  const weights = new Float64Array(longest(segments));
  const shortest = DEAD_TIMES * series.deadTime;
  return MODELS.some(
    (model) =>
      model.period >= shortest && logLikelihoodRatio(segments, model, series.deadTime, weights) >= enough,
  );
}
