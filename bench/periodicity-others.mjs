// What others use, from their published formulas, to compare with.
import { gatherEvidence } from '../dist/core/periodicity/evidence.js';
import { mergeExposure, placeEvents } from '../dist/core/periodicity/exposure.js';
import { harmonicTail } from '../dist/core/periodicity/null-distribution.js';

/**
 * RITA v5's time stamp score: the mean of one less the Bowley skew of the intervals and of their median's share that
 * is left after the median absolute deviation. Whole, unique seconds.
 */
export function ritaTimeScore(timesMs) {
  const seconds = [...new Set(timesMs.map((atMs) => Math.floor(atMs / 1000)))].sort((a, b) => a - b);
  if (seconds.length < 4) return 0;
  const gaps = seconds
    .slice(1)
    .map((at, index) => at - seconds[index])
    .sort((a, b) => a - b);
  const [low, middle, high] = [0.25, 0.5, 0.75].map((share) => quantile(gaps, share));
  const isSkewed = high - low >= 10 && middle !== low && middle !== high;
  const skew = isSkewed ? Math.abs((low + high - 2 * middle) / (high - low)) : 0;
  const deviations = gaps.map((gap) => Math.abs(gap - middle)).sort((a, b) => a - b);
  const dispersion = middle === 0 ? 0 : Math.max(0, (middle - quantile(deviations, 0.5)) / middle);
  return Math.round((1000 * (1 - skew + dispersion)) / 2) / 1000;
}

function quantile(sorted, share) {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)];
  return low + (at - Math.floor(at)) * (sorted[Math.ceil(at)] - low);
}

/** The H-test alone, through our own collapse and null table. */
export function hTail(timesMs, exposure) {
  const spans = mergeExposure(exposure);
  const evidence = gatherEvidence(placeEvents(timesMs, spans), spans, 1e-3);
  return evidence === null ? 1 : harmonicTail(evidence.harmonic.h, evidence.series.count);
}
