import type { TimeSpan } from '../../model/time.ts';
import type { MetricSummary } from '../../model/window-verdict.ts';
import type { Track } from './track.ts';

/** One conclusive window, as later ones are compared with it. */
export interface PastWindow extends TimeSpan {
  /** By target, then by metric; only what is known exactly. */
  metrics: Record<string, Record<string, MetricSummary>>;
  /** Keys of the metrics that had risen in it: no measure for later ones. */
  risen: string[];
}

/** A row of windows that proved nothing; null where the last one did. */
interface UnprovedSeries {
  sinceMs: number;
  isTold: boolean;
}

/** What is remembered of the windows of one id. Plain JSON, of bounded size, so that it can be kept in a database. */
export interface CompareState {
  version: 1;
  /** Conclusive windows so far. */
  count: number;
  lastFromMs: number | null;
  past: PastWindow[];
  tracks: Record<string, Track>;
  unproved: UnprovedSeries | null;
  /** How often a row of windows that proved nothing was told. */
  unprovedTold: number;
}

/** So many windows are remembered: a day of hourly ones. */
export const TRAILING_WINDOWS = 24;

/** What was resolved so many windows ago is forgotten; if it comes back it is new. */
const REMEMBERED_WINDOWS = 100;

export const firstState = (): CompareState => ({
  version: 1,
  count: 0,
  lastFromMs: null,
  past: [],
  tracks: {},
  unproved: null,
  unprovedTold: 0,
});

/** Without what was resolved long ago. */
export function remembered(tracks: Record<string, Track>, count: number): Record<string, Track> {
  return Object.fromEntries(
    Object.entries(tracks).filter(
      ([, { closedAt, isOpen }]) => isOpen || closedAt === null || count - closedAt <= REMEMBERED_WINDOWS,
    ),
  );
}
