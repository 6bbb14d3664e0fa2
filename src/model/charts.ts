import type { ActivityKind } from './activity.ts';
import type { CollectorName, DisturbanceKind } from './collector.ts';

/** A stretch in seconds since the window opened; before it they are negative. */
export interface Stretch {
  from: number;
  to: number;
}

/** A stretch of the time line that is not the usual: before the window, after it, or one that proves nothing. */
export interface Shade extends Stretch {
  kind: 'settle' | 'stop' | 'gap' | DisturbanceKind;
  /** null: every target. */
  target: string | null;
  text: string;
}

/** One curve: `values[i]` from `edges[i]` to `edges[i + 1]` of its plot; null: not known. */
interface PlotLine {
  label: string;
  values: (number | null)[];
}

export type PlotId = 'cpu' | 'memory' | 'wakeups' | 'network';

/** Curves with one unit on one time axis. */
export interface Plot {
  id: PlotId;
  /** Names of the metrics, as rules have them. */
  metrics: string[];
  /** In seconds since the window opened, one more than there are values. */
  edges: number[];
  lines: PlotLine[];
  /** Seconds of which the smallest and the largest value are kept; null: every value is. */
  thinnedSeconds: number | null;
  /** Why it is not known, wholly or in part, or may be larger; null where there is nothing to say. */
  doubt: string | null;
}

/** `count` activities alike, or so close together that they are one mark. */
export interface Mark {
  seconds: number;
  count: number;
  /** Number of its label; null: of several kinds. */
  label: number | null;
}

/** Activities of one kind on the time axis. None is left out: those that are too close together share a mark. */
export interface Lane {
  kind: ActivityKind;
  /** Somebody looked for them; else that there are none means nothing. */
  isWatched: boolean;
  /** In the window; there are marks around it, too. */
  total: number;
  marks: Mark[];
  /** Names come from the watched app: untrusted. */
  labels: string[];
}

export interface TargetCharts {
  name: string;
  plots: Plot[];
  lanes: Lane[];
}

/** When a collector, or the loop, did not look. */
export interface CoverageBar {
  collector: CollectorName | 'loop';
  /** null: every target. */
  target: string | null;
  gaps: Stretch[];
}

/** What a page draws of a window: its time series, bounded in size whatever the length of the window. */
export interface Charts {
  /** When the window opened, in epoch milliseconds; all seconds are counted from here. */
  originMs: number;
  utcOffsetMinutes: number;
  /** What is drawn: the window, the settling before it, and the stop of a command after it. */
  shown: Stretch;
  window: Stretch;
  tickSeconds: number;
  shades: Shade[];
  coverage: CoverageBar[];
  targets: TargetCharts[];
  /** By finding id, of those that repeat: when its beats came, as far as it can be told. */
  beats: Record<string, number[]>;
}
