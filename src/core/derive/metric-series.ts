import type { Metric } from './metrics.ts';
import type { LookInterval } from './timeline.ts';

/** One value of a metric; a quiet stretch is one point that weighs as many looks as it held. */
export interface Point extends LookInterval {
  value: number;
}

/** A metric of a target's whole tree over a window. */
export interface Series {
  metric: Metric;
  points: readonly Point[];
  /** The true values may be larger: something was not counted. */
  lowerBound: boolean;
  /** What was not counted, in words; null where nothing was left out. */
  uncounted: string | null;
  /** Whether that is known to have been, and not only possible. */
  isLost: boolean;
  /** Why it is not known; null where it is. The points then hold the part that is known. */
  missing: string | null;
}
