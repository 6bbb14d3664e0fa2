import { lazily } from '../derive/once.ts';
import type { Segment } from './series.ts';

/** Gaps that are counted, in mean gaps; bins grow with the gap, by so much each. */
const COUNTED = { from: 0.1, to: 40, step: 1 / 128 };
const BINS = Math.ceil(Math.log(COUNTED.to / COUNTED.from) / COUNTED.step);
/** A logarithm for each pair would take longer than all else: the bin is looked up by the gap in so small steps. */
const STEPS_PER_GAP = 512;
/** Templates begin where the shortest gap is, of the longest period that is tried. */
const LEAST_TURN = COUNTED.from / 8.5;

/** How often two events of a series are so far apart, not only neighbours: the pair correlation of a point process. */
export interface PairGaps {
  /** In each bin; one more for those that are too short to count. */
  seen: Float64Array;
  /** As many as random arrivals of the same rate would have. */
  expected: Float64Array;
}

/** Of the bins; made when it is first asked for, since most commands never do. */
const grid = lazily(() => ({
  middles: Float64Array.from({ length: BINS }, (_, bin) => middleOf(COUNTED.from, bin)),
  /** Bin BINS is of the gaps below the first. */
  binOf: Uint16Array.from({ length: COUNTED.to * STEPS_PER_GAP + 1 }, (_, step) => {
    const gap = (step + 0.5) / STEPS_PER_GAP;
    return gap < COUNTED.from ? BINS : Math.min(BINS - 1, Math.floor(binsBetween(COUNTED.from, gap)));
  }),
}));

/** Counts the gaps of all pairs of events in a segment. */
export function pairGaps(segments: readonly Segment[]): PairGaps {
  const seen = new Float64Array(BINS + 1);
  const expected = new Float64Array(BINS);
  const { binOf, middles } = grid();
  for (const segment of segments) {
    countPairs(segment.x, binOf, seen);
    expectPairs(segment, middles, expected);
  }
  return { seen, expected };
}

function countPairs(x: Float64Array, binOf: Uint16Array, seen: Float64Array): void {
  let from = 0;
  for (let j = 1; j < x.length; j += 1) {
    const at = x[j] as number;
    while (at - (x[from] as number) > COUNTED.to) from += 1;
    for (let i = from; i < j; i += 1) {
      const bin = binOf[((at - (x[i] as number)) * STEPS_PER_GAP) | 0] as number;
      seen[bin] = (seen[bin] as number) + 1;
    }
  }
}

function expectPairs({ x, length }: Segment, middles: Float64Array, expected: Float64Array): void {
  const pairs = (x.length * (x.length - 1)) / length ** 2;
  for (let bin = 0; bin < BINS; bin += 1) {
    const gap = middles[bin] as number;
    // The width of the bin is in proportion to its gap. Pairs farther apart than the segment is long there are none.
    if (gap < length) {
      expected[bin] = (expected[bin] as number) + pairs * (length - gap) * gap * COUNTED.step;
    }
  }
}

/**
 * How much more often gaps are the multiples of a period than between, than random arrivals have it, in standard deviations.
 * Lost beats and other events lessen it, but leave its place.
 * @param period in mean gaps
 * @param jitter standard deviation of an interval, in periods
 */
export function contrast({ seen, expected }: PairGaps, period: number, jitter: number): number {
  const weights = templateOf(jitter);
  const shift = Math.round(binsBetween(LEAST_TURN, COUNTED.from / period));
  const end = Math.min(BINS, weights.length - shift);
  let all = 0;
  let random = 0;
  let weighed = 0;
  let mean = 0;
  let square = 0;
  for (let bin = Math.max(0, -shift); bin < end; bin += 1) {
    const weight = weights[bin + shift] as number;
    const count = seen[bin] as number;
    const share = weight * (expected[bin] as number);
    all += count;
    random += expected[bin] as number;
    weighed += weight * count;
    mean += share;
    square += weight * share;
  }
  mean /= random;
  const variance = square - mean * mean * random;
  return variance > 0 ? (weighed - mean * all) / Math.sqrt(variance) : 0;
}

const TEMPLATES = new Map<number, Float64Array>();

/** The pair correlation of a renewal chain without losses, less 1, by the logarithm of the gap in periods: the same for every period. */
function templateOf(jitter: number): Float64Array {
  const known = TEMPLATES.get(jitter);
  if (known !== undefined) return known;
  const steps = stepsOf(jitter);
  const template = Float64Array.from(
    { length: Math.ceil(binsBetween(LEAST_TURN, steps + 0.5)) },
    (_, bin) => {
      const turn = middleOf(LEAST_TURN, bin);
      let density = 0;
      for (let step = 1; step <= steps + 3; step += 1) {
        const deviation = jitter * Math.sqrt(step);
        density += Math.exp(-(((turn - step) / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI));
      }
      return density - 1;
    },
  );
  TEMPLATES.set(jitter, template);
  return template;
}

/** So many beats later, jitters have added up to a third of a period, and beats are anywhere. */
const stepsOf = (jitter: number): number => Math.min(12, 1 + Math.ceil((0.3 / jitter) ** 2));

const middleOf = (from: number, bin: number): number => from * Math.exp((bin + 0.5) * COUNTED.step);

function binsBetween(from: number, to: number): number {
  return Math.log(to / from) / COUNTED.step;
}
