import type { MetricSummary } from '../../model/window-verdict.ts';
import { middle, robustDeviation } from '../stats/robust.ts';

export const STATISTICS = ['mean', 'p95', 'max'] as const;
export type Statistic = (typeof STATISTICS)[number];

/** What a metric was, and from where on it is another. In the metric's unit. */
interface Level {
  center: number;
  /** A larger value has risen. */
  above: number;
  /** A value up to here is back; what lies between is neither, so that nothing flaps at the edge. */
  back: number;
}

export type MetricReference = Partial<Record<Statistic, Level>>;

/** Fewer say nothing about how much a metric scatters. */
export const ENOUGH_WINDOWS = 5;

/** The scatter of few values is itself not known well. */
const MANY_WINDOWS = 10;
const DEVIATIONS_OF_FEW = 8;
const DEVIATIONS_OF_MANY = 5;

/** A smaller rise is nobody's trouble, however steady the metric was. */
const RELATIVE_FLOOR = 0.2;

/** Where the scatter is not known, a rise has to be plain. */
const UNKNOWN_SCATTER = 2.5;

/**
 * What a metric was in these windows; null where there are none. A rise is one beyond the scatter (median absolute
 * deviation), beyond what matters (`floor`, a fifth), and beyond every value that was seen.
 * Of fewer than five windows the scatter is not known, and a plain rise is asked for. @param floor in the metric's unit
 */
export function referenceOf(summaries: readonly MetricSummary[], floor: number): MetricReference | null {
  if (summaries.length === 0) return null;
  return Object.fromEntries(
    STATISTICS.map((statistic) => [
      statistic,
      levelOf(
        summaries.map((summary) => summary[statistic]),
        floor,
      ),
    ]),
  );
}

function levelOf(values: readonly number[], floor: number): Level {
  const center = middle(values);
  const least = Math.max(floor, RELATIVE_FLOOR * Math.abs(center));
  const count = values.length;
  const deviations = count < MANY_WINDOWS ? DEVIATIONS_OF_FEW : DEVIATIONS_OF_MANY;
  const margin =
    count < ENOUGH_WINDOWS ? UNKNOWN_SCATTER * least : Math.max(least, deviations * robustDeviation(values));
  const above = Math.max(center + margin, ...values);
  return { center, above, back: center + (above - center) / 2 };
}
