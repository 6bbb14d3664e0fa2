import type { Run } from './best-chain.ts';
import { median } from './median.ts';
import { circularMean } from './phase-evidence.ts';
import type { Series } from './series.ts';

const PASSES = 4;
/** A beat of a clock lies at most so far from its place, in periods. */
const WIDEST = 0.3;

/**
 * The events that keep the phase of a period, at most one a beat: the beats of a clock.
 * The period is refined on the way by a line through time against beat number.
 * @param period in mean gaps, right to a fraction of a cycle over the whole series
 */
export function phaseChain({ positions, resolution }: Series, period: number): { run: Run; period: number } {
  let line = { at: circularMean(positions, period), slope: period };
  let limit = WIDEST;
  let run: Run = [];
  for (let pass = 0; pass < PASSES; pass += 1) {
    const nearest = nearestToBeats(positions, line, limit);
    run = nearest.map(({ index }) => index);
    if (nearest.length < 3) break;
    line = fitLine(nearest.map(({ beat, index }) => ({ beat, at: positions[index] as number })));
    const spread = median(nearest.map(({ away }) => Math.abs(away))) * 1.48;
    limit = Math.min(WIDEST, Math.max(0.02, (1.1 * resolution) / line.slope, 3.5 * spread));
  }
  return { run, period: line.slope };
}

interface Line {
  at: number;
  slope: number;
}

function nearestToBeats(
  positions: Float64Array,
  { at, slope }: Line,
  limit: number,
): { beat: number; index: number; away: number }[] {
  const nearest = new Map<number, { beat: number; index: number; away: number }>();
  for (const [index, position] of positions.entries()) {
    const beat = Math.round((position - at) / slope);
    const away = (position - at) / slope - beat;
    const known = nearest.get(beat);
    if (Math.abs(away) <= limit && (known === undefined || Math.abs(away) < Math.abs(known.away))) {
      nearest.set(beat, { beat, index, away });
    }
  }
  return [...nearest.values()];
}

function fitLine(points: readonly { beat: number; at: number }[]): Line {
  const beat = mean(points.map((point) => point.beat));
  const at = mean(points.map((point) => point.at));
  let products = 0;
  let squares = 0;
  for (const point of points) {
    products += (point.beat - beat) * (point.at - at);
    squares += (point.beat - beat) ** 2;
  }
  const slope = products / squares;
  return { at: at - beat * slope, slope };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
