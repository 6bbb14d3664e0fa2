import type { TimeSpan } from '../../model/time.ts';
import { without } from './collapse.ts';
import { type PeriodEvidence, gatherEvidence, seriesOf } from './evidence.ts';
import { mergeExposure, placeEvents } from './exposure.ts';
import type { PeriodFinding, PeriodOptions } from './finding.ts';
import { type Judgement, judge } from './judgement.ts';
import { missedBeats } from './missed-beats.ts';
import { type NamedPeriod, namePeriod } from './named-period.ts';
import { type Observed, toleranceMs } from './observed.ts';
import { likelihoodInterval } from './period-interval.ts';
import { plotBeats, plotPhases } from './plotted.ts';
import { mayBePeriodic } from './screen.ts';

const DEFAULTS = { alpha: 0.01, resolutionMs: 1e-3, maxPeriods: 8 };
/** What a chain leaves behind can look like a multiple or a part of its period. */
const RELATED = { factor: 8, tolerance: 0.06 };
const LONGER = 1.5;
/** So many events for each beat that the chain missed are none of those. */
const BESIDES = 2;
/** Second events of bursts, of those that have some, look periodic more often than events at random. */
const SURER = 10;

/** Events, and when somebody looked; events outside are left out. */
export interface SeenEvents {
  /** In any order. */
  timesMs: readonly number[] | Float64Array;
  exposure: readonly TimeSpan[];
}

/** What a search came to. */
export interface Searched {
  /** The strongest first. */
  findings: PeriodFinding[];
  /** How often the series was looked at: the false alarm probability of what the last look might have found is multiplied by it. */
  looks: number;
}

/** The periods that `searchEvents` finds. */
export const findPeriods = (series: SeenEvents, options: PeriodOptions = {}): PeriodFinding[] =>
  searchEvents(series, options).findings;

/**
 * Periods in a series of events: the beats of the strongest are taken out, and what is left is looked at again.
 * Pure and the same everywhere. Fewer than 4 events, bursts counted once, have none.
 * @returns those whose false alarm probability, corrected for the number of looks, is at most `alpha`
 * @throws RangeError for a time that is no number
 */
export function searchEvents({ timesMs, exposure }: SeenEvents, options: PeriodOptions = {}): Searched {
  const { alpha, resolutionMs, maxPeriods } = { ...DEFAULTS, ...options };
  const spans = mergeExposure(exposure);
  let rest = placeEvents(timesMs, spans);
  let observed: Observed = {
    originMs: spans[0]?.fromMs ?? 0,
    timesMs: rest.timesMs,
    takenMs: new Float64Array(),
    exposure: spans,
  };
  const findings: PeriodFinding[] = [];
  let look = 1;
  for (; look <= maxPeriods; look += 1) {
    // With less evidence of a phase than the most, false alarms are no rarer, and a chain that is better still is.
    const evidence = gatherEvidence(rest, spans, resolutionMs, (most) => {
      const { falseAlarmProbability, by } = judgeAt(look, most);
      return by === 'phase' && falseAlarmProbability <= alpha;
    });
    if (evidence === null) break;
    const { falseAlarmProbability, by } = judgeAt(look, evidence);
    if (falseAlarmProbability > alpha) break;
    const named = namePeriod(evidence, by, observed);
    if (named === null) break;
    if (!findings.some((known) => isEcho(known, named, falseAlarmProbability <= alpha / SURER))) {
      findings.push({ ...describe(named, evidence, observed), falseAlarmProbability });
    }
    rest = without(evidence.events, named.beats);
    observed = { ...observed, takenMs: mergedWith(observed.takenMs, evidence, named) };
  }
  return { findings, looks: Math.min(look, maxPeriods) };
}

/**
 * Whether `findPeriods` finds any: for many short series, nearly all without a period. A rough search rules most of
 * them out, and few others: less than 1 in 100 of those that are found. Long ones are searched as they always are.
 */
export function hasPeriod(series: SeenEvents, options: Omit<PeriodOptions, 'maxPeriods'> = {}): boolean {
  const { alpha, resolutionMs } = { ...DEFAULTS, ...options };
  const spans = mergeExposure(series.exposure);
  const judged = seriesOf(placeEvents(series.timesMs, spans), spans, resolutionMs);
  if (judged === null || !mayBePeriodic(judged.series, alpha)) return false;
  return findPeriods(series, { ...options, maxPeriods: 1 }).length > 0;
}

/** Each further look at the same series is one more chance of a false alarm. */
function judgeAt(look: number, evidence: PeriodEvidence): Judgement {
  const { falseAlarmProbability, by } = judge(evidence);
  return { falseAlarmProbability: Math.min(1, look * falseAlarmProbability), by };
}

/** Sorted times with those of further beats, which are in order, too. */
function mergedWith(takenMs: Float64Array, { events }: PeriodEvidence, { beats }: NamedPeriod): Float64Array {
  const merged = new Float64Array(takenMs.length + beats.length);
  let taken = 0;
  let beat = 0;
  for (let at = 0; at < merged.length; at += 1) {
    const takenAtMs = takenMs[taken] ?? Number.POSITIVE_INFINITY;
    const beatAtMs = events.timesMs[beats[beat] ?? -1] ?? Number.POSITIVE_INFINITY;
    const isTakenFirst = takenAtMs <= beatAtMs;
    merged[at] = isTakenFirst ? takenAtMs : beatAtMs;
    if (isTakenFirst) taken += 1;
    else beat += 1;
  }
  return merged;
}

function describe(
  named: NamedPeriod,
  { events, series }: PeriodEvidence,
  observed: Observed,
): Omit<PeriodFinding, 'falseAlarmProbability'> {
  const { fit, runs, beats } = named;
  const missed = missedBeats(runs, fit.period, observed, toleranceMs(fit, events.deadTimeMs));
  // The likelihood knows chains only; the fit of a clock is not in doubt about its beats.
  const interval =
    named.isPlain && fit.model === 'renewal'
      ? likelihoodInterval(series, fit, missed / (missed + beats.length))
      : { from: Math.max(0, fit.period - fit.uncertainty), to: fit.period + fit.uncertainty };
  return {
    seconds: fit.period / 1000,
    secondsInterval: { from: interval.from / 1000, to: interval.to / 1000 },
    jitterSeconds: fit.jitter / 1000,
    beats: beats.length,
    missed,
    phaseSeconds: (((fit.phase % fit.period) + fit.period) % fit.period) / 1000,
    model: fit.model,
    ...plotBeats(events, beats),
    phases: plotPhases(observed, fit.period),
  };
}

/**
 * Whether events are what a chain left behind, and no timer of their own. A longer period of more events than the chain has missed is one, where it is
 * sure: its beats come besides.
 */
function isEcho(known: PeriodFinding, { fit, beats }: NamedPeriod, isSure: boolean): boolean {
  const periodMs = known.seconds * 1000;
  const isBesides = fit.period > LONGER * periodMs && beats.length > BESIDES * known.missed;
  return !(isBesides && isSure) && areRelated(periodMs, fit.period);
}

function areRelated(a: number, b: number): boolean {
  const ratio = Math.max(a, b) / Math.min(a, b);
  const multiple = Math.round(ratio);
  return multiple <= RELATED.factor && Math.abs(ratio / multiple - 1) <= RELATED.tolerance;
}
