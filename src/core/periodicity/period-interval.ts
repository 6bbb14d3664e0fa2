import { chainModel } from './chain-model.ts';
import { logLikelihoodRatio, longest } from './chain-likelihood.ts';
import type { PeriodFit } from './period-fit.ts';
import { type Series, segmentsFor } from './series.ts';

/**
 * By trial. Half of the 95 % quantile of chi-square with one degree of freedom is 1.92; but the model was chosen by the
 * same events, the best of many.
 */
const DROP = 3.3;
const STEPS = 24;
const STEPS_A_DEVIATION = 4;

/**
 * Where the likelihood of the period, summed over all ways in which a chain can lie in the series, falls below that of
 * a 95 % interval. Wider than the fit's own interval where it is not sure which events are beats.
 * @param fit in milliseconds
 */
export function likelihoodInterval(
  series: Series,
  fit: PeriodFit,
  lost: number,
): { from: number; to: number } {
  const own = { from: fit.period - fit.uncertainty, to: fit.period + fit.uncertainty };
  const jitter = Math.min(0.33, Math.max(0.01, fit.jitter / fit.period));
  const segments = segmentsFor(series);
  const weights = new Float64Array(longest(segments));
  const base = chainModel(1, jitter, Math.min(0.6, Math.max(0.02, lost)));
  const at = (period: number): number =>
    logLikelihoodRatio(
      segments,
      chainModel(period / series.meanGapMs, jitter, base.lost, base.gaps),
      series.deadTime,
      weights,
    );
  const step = Math.max(fit.uncertainty / 2 / STEPS_A_DEVIATION, fit.period * 1e-5);
  const curve: { period: number; value: number }[] = [];
  for (let index = -STEPS; index <= STEPS; index += 1) {
    const period = fit.period + index * step;
    if (period > 0.2 * fit.period) curve.push({ period, value: at(period) });
  }
  const peak = Math.max(...curve.map(({ value }) => value));
  const inside = curve.filter(({ value }) => value >= peak - DROP).map(({ period }) => period);
  return {
    from: Math.max(0, Math.min(own.from, ...inside)),
    to: Math.max(own.to, ...inside),
  };
}
