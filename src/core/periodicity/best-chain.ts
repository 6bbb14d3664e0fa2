import { PAUSE, type ChainModel, chainModel, noiseAround } from './chain-model.ts';
import { type Segment, type Series, segmentsFor } from './series.ts';

/** Indices in the series of consecutive beats, without a pause or a hole between them. */
export type Run = number[];

/** Beats from one to the next, of a gap and a period in the same unit. */
export const stepsIn = (gap: number, period: number): number => Math.max(1, Math.round(gap / period));

/**
 * The most likely chain of a model (Viterbi 1967), then that of the model fitted to it: the grid's period is only
 * within its jitter of the true one.
 */
export function bestChain(series: Series, model: ChainModel): Run[] {
  const refined = refine(series, trace(segmentsFor(series), model, series.deadTime), model);
  return trace(series.segments(), refined ?? model, series.deadTime);
}

const trace = (segments: readonly Segment[], model: ChainModel, deadTime: number): Run[] =>
  segments.flatMap((segment) => traceSegment(segment, model, deadTime));

function traceSegment({ x, length, first, rate }: Segment, model: ChainModel, deadTime: number): Run[] {
  const { period, gaps } = model;
  const logDensity = gaps.density.map(Math.log);
  const logSurvival = gaps.survival.map(Math.log);
  const perGap = gaps.perPeriod / period;
  const reach = gaps.reach * period;
  const logNoise = Math.log(noiseAround(model, rate, deadTime).noiseGap);
  const logNext = Math.log((1 - PAUSE) / period);
  const score = new Float64Array(x.length);
  /** The beat before; −1: none. After a pause −2 − its index. */
  const before = new Int32Array(x.length).fill(-1);
  let paused = { score: Number.NEGATIVE_INFINITY, index: -1 };
  let from = 0;
  for (let j = 0; j < x.length; j += 1) {
    const at = x[j] as number;
    while (at - (x[from] as number) > reach) from += 1;
    let best = Math.log(model.beatRate) + survivalOf(at);
    for (let i = from; i < j; i += 1) {
      const gapAt = ((at - (x[i] as number)) * perGap) | 0;
      const value = (score[i] as number) + logNext + (logDensity[gapAt] as number);
      if (value <= best) continue;
      best = value;
      before[j] = i;
    }
    const resumed = paused.score + Math.log(PAUSE / 2) - at / 2;
    if (resumed > best) {
      best = resumed;
      before[j] = -2 - paused.index;
    }
    score[j] = best + logNoise;
    const waiting = (score[j] as number) + at / 2;
    if (waiting > paused.score) paused = { score: waiting, index: j };
  }
  return runsFrom(before, lastBeat(), first);

  function survivalOf(gap: number): number {
    return logSurvival[Math.min(logSurvival.length - 1, (gap * perGap) | 0)] as number;
  }
  function lastBeat(): number {
    let last = -1;
    let best = Number.NEGATIVE_INFINITY;
    for (let index = 0; index < x.length; index += 1) {
      const left = Math.exp(survivalOf(length - (x[index] as number)));
      const value = (score[index] as number) + Math.log(left + PAUSE);
      if (value > best) {
        best = value;
        last = index;
      }
    }
    return last;
  }
}

function runsFrom(before: Int32Array, last: number, first: number): Run[] {
  const runs: Run[] = [];
  let run: Run = [];
  for (let index = last; index >= 0; ) {
    run.push(index + first);
    const previous = before[index] as number;
    if (previous < 0) {
      runs.push(run.toReversed());
      run = [];
    }
    index = previous < -1 ? -2 - previous : previous;
  }
  return runs.toReversed();
}

/** The model that the chain's own gaps suggest; null where there are too few. */
function refine(
  { positions, resolution }: Series,
  runs: readonly Run[],
  model: ChainModel,
): ChainModel | null {
  const gaps = runs.flatMap((run) => gapsIn(run.map((index) => positions[index] as number)));
  if (gaps.length < 3) return null;
  const steps = gaps.map((gap) => stepsIn(gap, model.period));
  const period = sum(gaps) / sum(steps);
  const squares = sum(
    gaps.map((gap, at) => (gap - (steps[at] as number) * period) ** 2 / (steps[at] as number)),
  );
  const jitter = Math.sqrt(squares / (gaps.length - 1)) / period;
  const lost = 1 - gaps.length / sum(steps);
  // Two rounded stamps differ by up to one more step: a uniform error of each.
  const rounding = resolution / Math.sqrt(6) / period;
  return chainModel(period, clamp(jitter, Math.max(0.01, rounding), 0.33), clamp(lost, 0.02, 0.6));
}

/** Differences of neighbours. */
export function gapsIn(times: readonly number[]): number[] {
  const gaps: number[] = [];
  for (let index = 1; index < times.length; index += 1) {
    gaps.push((times[index] as number) - (times[index - 1] as number));
  }
  return gaps;
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
