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
    run = nearest.run;
    if (run.length < 3) break;
    line = fitLine(positions, nearest);
    const spread = median(nearest.away) * 1.48;
    limit = Math.min(WIDEST, Math.max(0.02, (1.1 * resolution) / line.slope, 3.5 * spread));
  }
  return { run, period: line.slope };
}

interface Line {
  at: number;
  slope: number;
}

/** The event nearest to each beat that has one near: its index, the number of the beat, and how far it is away in periods. */
interface Nearest {
  run: Run;
  beats: number[];
  away: number[];
}

/** @param positions in order, so that those of one beat follow each other */
function nearestToBeats(positions: Float64Array, { at, slope }: Line, limit: number): Nearest {
  const [run, beats, aways]: [number[], number[], number[]] = [[], [], []];
  for (let index = 0; index < positions.length; index += 1) {
    const turns = ((positions[index] as number) - at) / slope;
    const beat = Math.round(turns);
    const away = Math.abs(turns - beat);
    if (!(away <= limit)) continue;
    const last = run.length - 1;
    const isKnown = last >= 0 && beats[last] === beat;
    if (isKnown && !(away < (aways[last] as number))) continue;
    const place = isKnown ? last : run.length;
    run[place] = index;
    beats[place] = beat;
    aways[place] = away;
  }
  return { run, beats, away: aways };
}

function fitLine(positions: Float64Array, { run, beats }: Nearest): Line {
  const beat = sum(beats, (one) => one) / run.length;
  const at = sum(run, (index) => positions[index] as number) / run.length;
  let products = 0;
  let squares = 0;
  for (let place = 0; place < run.length; place += 1) {
    const steps = (beats[place] as number) - beat;
    products += steps * ((positions[run[place] as number] as number) - at);
    squares += steps ** 2;
  }
  const slope = products / squares;
  return { at: at - beat * slope, slope };
}

function sum(values: readonly number[], of: (value: number) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
