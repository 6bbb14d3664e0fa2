import type { TimeSpan } from '../../model/time.ts';
import { type ChainEvidence, chainEvidence } from './chain-evidence.ts';
import { type Collapsed, MIN_EVENTS, collapseBursts, exposedSpanMs } from './collapse.ts';
import type { ExposedEvents } from './exposure.ts';
import { type PhaseEvidence, phaseEvidence } from './phase-evidence.ts';
import { type Series, normalise } from './series.ts';

export interface PeriodEvidence {
  events: Collapsed;
  series: Series;
  chain: ChainEvidence;
  phase: PhaseEvidence;
}

/** A series as it is judged, bursts counted once; null where too few events are left. */
export function seriesOf(
  placed: ExposedEvents,
  exposure: readonly TimeSpan[],
  resolutionMs: number,
): { events: Collapsed; series: Series } | null {
  if (placed.timesMs.length < MIN_EVENTS) return null;
  const events = collapseBursts(placed, resolutionMs);
  if (events.timesMs.length < MIN_EVENTS || !(exposedSpanMs(events) > 0)) return null;
  return { events, series: normalise(events, exposure, resolutionMs) };
}

/**
 * Both statistics of a series; null where there are too few events. Null tables are made by this too.
 * @param matters whether anything depends on a phase evidence that is at most the given one; left out: always
 */
export function gatherEvidence(
  placed: ExposedEvents,
  exposure: readonly TimeSpan[],
  resolutionMs: number,
  matters: (most: PeriodEvidence) => boolean = () => true,
): PeriodEvidence | null {
  const judged = seriesOf(placed, exposure, resolutionMs);
  if (judged === null) return null;
  const chain = chainEvidence(judged.series);
  const phase = phaseEvidence(judged.series, (logRatio) =>
    matters({ ...judged, chain, phase: { logRatio, period: null } }),
  );
  return { ...judged, chain, phase };
}
