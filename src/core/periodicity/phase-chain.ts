import type { Run } from './best-chain.ts';
import { upperMedian } from './upper-median.ts';
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
  const nearest = roomFor(positions.length);
  for (let pass = 0; pass < PASSES; pass += 1) {
    findNearest(positions, line, limit, nearest);
    if (nearest.count < 3) break;
    line = fitLine(positions, nearest);
    const spread = upperMedian(nearest.away.subarray(0, nearest.count)) * 1.48;
    limit = Math.min(WIDEST, Math.max(0.02, (1.1 * resolution) / line.slope, 3.5 * spread));
  }
  return { run: [...nearest.run.subarray(0, nearest.count)], period: line.slope };
}

interface Line {
  at: number;
  slope: number;
}

/** The event nearest to each beat that has one near: its index, the number of the beat, and how far it is away in periods. */
interface Nearest {
  count: number;
  run: Uint32Array;
  beats: Float64Array;
  away: Float64Array;
}

function roomFor(count: number): Nearest {
  return {
    count: 0,
    run: new Uint32Array(count),
    beats: new Float64Array(count),
    away: new Float64Array(count),
  };
}

/** @param positions in order, so that those of one beat follow each other */
function findNearest(positions: Float64Array, { at, slope }: Line, limit: number, nearest: Nearest): void {
  const { run, beats, away: aways } = nearest;
  let count = 0;
  for (let index = 0; index < positions.length; index += 1) {
    const turns = ((positions[index] as number) - at) / slope;
    const beat = Math.round(turns);
    const away = Math.abs(turns - beat);
    if (!(away <= limit)) continue;
    const isKnown = count > 0 && beats[count - 1] === beat;
    if (isKnown && !(away < (aways[count - 1] as number))) continue;
    if (!isKnown) count += 1;
    run[count - 1] = index;
    beats[count - 1] = beat;
    aways[count - 1] = away;
  }
  nearest.count = count;
}

function fitLine(positions: Float64Array, { count, run, beats }: Nearest): Line {
  let beat = 0;
  let at = 0;
  for (let place = 0; place < count; place += 1) {
    beat += beats[place] as number;
    at += positions[run[place] as number] as number;
  }
  beat /= count;
  at /= count;
  let products = 0;
  let squares = 0;
  for (let place = 0; place < count; place += 1) {
    const steps = (beats[place] as number) - beat;
    products += steps * ((positions[run[place] as number] as number) - at);
    squares += steps ** 2;
  }
  const slope = products / squares;
  return { at: at - beat * slope, slope };
}
