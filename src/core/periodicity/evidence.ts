import type { TimeSpan } from '../../model/time.ts';
import { type ChainEvidence, chainEvidence } from './chain-likelihood.ts';
import { type Collapsed, MIN_EVENTS, collapseBursts, exposedSpanMs } from './collapse.ts';
import type { ExposedEvents } from './exposure.ts';
import { type HarmonicEvidence, harmonicEvidence } from './harmonic-evidence.ts';
import { type Series, normalise } from './series.ts';

export interface PeriodEvidence {
  events: Collapsed;
  series: Series;
  chain: ChainEvidence;
  harmonic: HarmonicEvidence;
}

/** Both statistics of a series; null where there are too few events, bursts counted once. Null tables are made by this too. */
export function gatherEvidence(
  placed: ExposedEvents,
  exposure: readonly TimeSpan[],
  resolutionMs: number,
): PeriodEvidence | null {
  if (placed.timesMs.length < MIN_EVENTS) return null;
  const events = collapseBursts(placed, resolutionMs);
  if (events.timesMs.length < MIN_EVENTS || !(exposedSpanMs(events) > 0)) return null;
  const series = normalise(events, exposure, resolutionMs);
  return { events, series, chain: chainEvidence(series), harmonic: harmonicEvidence(series) };
}
