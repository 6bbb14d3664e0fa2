import { findPeriods } from './periods.ts';

/** No period is claimed of fewer beats. */
const LEAST_BEATS = 4;
/** With more, p is no smaller: the tables end. */
const MOST_BEATS = 12;
/** Two percent of jitter make p so many times as large. */
const JITTER = 1.4;
const BEAT_MS = 1000;
const HOLE_MS = 200;

/**
 * How many beats of a good clock have a false alarm probability of no more than this.
 * @param hasHoles the exposure is not in one piece, which makes chains shorter
 * @returns null where no number of them has
 */
export function beatsNeeded(probability: number, hasHoles: boolean): number | null {
  for (let beats = LEAST_BEATS; beats <= MOST_BEATS; beats += 1)
    if (JITTER * ofPerfect(beats, hasHoles) <= probability) return beats;
  return null;
}

const known = new Map<string, number>();

/** False alarm probability of so many beats. Everything is relative to the mean gap, so that it holds at any scale. */
function ofPerfect(beats: number, hasHoles: boolean): number {
  const key = `${beats} ${hasHoles}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const timesMs = Array.from({ length: beats }, (_, beat) => (beat + 0.5) * BEAT_MS);
  const holeMs = hasHoles ? HOLE_MS : 0;
  const exposure = [
    { fromMs: 0, toMs: BEAT_MS - holeMs / 2 },
    { fromMs: BEAT_MS + holeMs / 2, toMs: beats * BEAT_MS },
  ];
  const [found] = findPeriods({ timesMs, exposure }, { alpha: 1, maxPeriods: 1 });
  const probability = found?.falseAlarmProbability ?? 1;
  known.set(key, probability);
  return probability;
}
