import { type Run, bestChain } from './best-chain.ts';
import { nameCycle } from './cycle.ts';
import type { PeriodEvidence } from './evidence.ts';
import { filledPlace } from './lattice.ts';
import { type Observed, isSeen, isTaken, toleranceMs } from './observed.ts';
import { type PeriodFit, fitPeriod } from './period-fit.ts';
import { phaseChain } from './phase-chain.ts';

/** A period with its beats. Times are milliseconds since the exposure began. */
export interface NamedPeriod {
  fit: PeriodFit;
  /** Times of consecutive beats of one phase. */
  runs: number[][];
  /** Indices in the series of all the beats. */
  beats: Run;
  /** Whether a chain is all there is: no cycle, and no part of a grid. */
  isPlain: boolean;
}

/**
 * The period of the evidence, by the name that people give it: of alternating gaps their sum, of a grid that several
 * timers fill one of the timers.
 * @returns null where the chain is too short to have one
 */
export function namePeriod(
  evidence: PeriodEvidence,
  by: 'chain' | 'phase',
  observed: Observed,
): NamedPeriod | null {
  const { series, events } = evidence;
  const found = chainOf(evidence, by);
  const beats = found.runs.flat();
  const timeOf = (index: number): number => (events.timesMs[index] as number) - observed.originMs;
  const plain = found.runs.map((run) => run.map(timeOf));
  const cycle = nameCycle(plain, found.period * series.meanGapMs);
  const fit = fitPeriod(cycle.runs, cycle.period);
  if (fit === null) return null;
  const isCycle = cycle.runs.length > plain.length;
  const part = isCycle ? null : partOfGrid(fit, beats, timeOf, observed, events.deadTimeMs);
  return part ?? { fit, runs: cycle.runs, beats, isPlain: !isCycle };
}

function chainOf(
  { series, chain, phase }: PeriodEvidence,
  by: 'chain' | 'phase',
): { runs: Run[]; period: number } {
  if (by === 'chain' && chain.model !== null) {
    return { runs: bestChain(series, chain.model), period: chain.model.period };
  }
  const { run, period } = phaseChain(series, phase.period ?? 1);
  return { runs: [run], period };
}

function partOfGrid(
  fit: PeriodFit,
  beats: Run,
  timeOf: (index: number) => number,
  observed: Observed,
  deadTimeMs: number,
): NamedPeriod | null {
  const stepOf = (index: number): number => Math.round((timeOf(index) - fit.phase) / fit.period);
  const first = stepOf(beats[0] as number);
  const last = stepOf(beats.at(-1) as number);
  // Longer grids have enough beats of each timer in their first part.
  const length = Math.min(MAX_STEPS, last - first + 1);
  const tolerance = toleranceMs(fit, deadTimeMs);
  const steps = Array.from(
    { length: Math.max(0, length) },
    (_, step) => fit.phase + (first + step) * fit.period,
  );
  const taken = steps.map((sinceMs) => isTaken(observed, sinceMs, tolerance));
  const isFilled = steps.map((sinceMs, step) => (taken[step] ? null : isSeen(observed, sinceMs, tolerance)));
  const place = filledPlace(isFilled, taken.includes(true));
  if (place === null) return null;
  const mine = beats.filter((index) => (stepOf(index) - first) % place.multiple === place.rest);
  const run = mine.map(timeOf);
  const refined = fitPeriod([run], fit.period * place.multiple);
  return refined === null ? null : { fit: refined, runs: [run], beats: mine, isPlain: false };
}

const MAX_STEPS = 2000;
