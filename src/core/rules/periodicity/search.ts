import { intersection } from '../../derive/spans.ts';
import { type Background, backgroundOf } from '../../periodicity/beats-needed.ts';
import type { PeriodFinding } from '../../periodicity/finding.ts';
import { hasPeriod, type Searched, searchEvents, type SeenEvents } from '../../periodicity/periods.ts';

/** Times in which a period is looked for. */
export interface EventSeries extends SeenEvents {
  /** What two times can be apart without telling anything. */
  resolutionMs: number;
}

export interface FoundPeriods {
  /** By the number of the series that they were found in. */
  bySeries: Map<number, readonly PeriodFinding[]>;
  /** In all series together that have no period of their own, such as calls to ever new addresses. */
  together: readonly PeriodFinding[];
  /** The series that are in `together`. */
  merged: number[];
  /** Of each series that was looked at, and of what they are together: among what a further period may hide. */
  backgrounds: readonly Background[];
  /** The least that a series must show to have a period: the highest false alarm probability that is left for each of so many. */
  alphaOfOne: number;
}

/** The periods of one series whose false alarm probability is at most `alpha`, and what they leave. */
export type AskForPeriods = (series: EventSeries, alpha: number) => Readonly<Searched>;

export const findAnew: AskForPeriods = ({ timesMs, exposure, resolutionMs }, alpha) =>
  searchEvents({ timesMs, exposure }, { alpha, resolutionMs });

/** Fewer events never have a period. */
export const LEAST_EVENTS = 4;
const MANY_TESTS = 500;

/**
 * Periods in several series, and in what they are together. The chance that any of them is a false alarm is at most `alpha`:
 * Holm's correction (1979) over all series that can have one.
 */
export function searchPeriods(
  all: readonly EventSeries[],
  alpha: number,
  ask: AskForPeriods = findAnew,
): FoundPeriods {
  const tested = [...all.entries()].filter(([, { timesMs }]) => timesMs.length >= LEAST_EVENTS);
  const tests = tested.length + (all.length > 1 ? 1 : 0);
  // With so many, the correction is the same for all but a few, and a quick look rules most of them out.
  const wanted =
    tests <= MANY_TESTS
      ? tested
      : tested.filter(([, one]) => hasPeriod(one, { resolutionMs: one.resolutionMs, alpha: alpha / tests }));
  const searched = new Map(wanted.map(([index, series]) => [index, ask(series, alpha)]));
  const periodic = [...searched]
    .map(([index, { findings }]) => ({ index, findings }))
    .filter(({ findings }) => findings.length > 0)
    .sort((a, b) => leastOf(a.findings) - leastOf(b.findings));
  const bySeries = new Map<number, readonly PeriodFinding[]>();
  for (const { index, findings } of periodic) {
    const allowed = alpha / (tests - bySeries.size);
    if (leastOf(findings) > allowed) break;
    bySeries.set(
      index,
      findings.filter((one) => one.falseAlarmProbability <= allowed),
    );
  }
  const merged = [...all.keys()].filter((index) => !bySeries.has(index));
  const rest = merged.flatMap((index) => all[index] ?? []);
  const backgrounds = tested.map(([index, series]) =>
    backgroundOf(series, series.resolutionMs, searched.get(index)?.looks ?? 1),
  );
  const found = { bySeries, merged, alphaOfOne: alpha / Math.max(tests, 1) };
  if (merged.length < 2) return { ...found, together: [], backgrounds };
  const joint = merge(rest);
  const { findings: together, looks } = ask(joint, alpha / tests);
  backgrounds.push(backgroundOf(joint, joint.resolutionMs, looks));
  return { ...found, together, backgrounds };
}

function merge(all: readonly EventSeries[]): EventSeries {
  const [first, ...others] = all.map(({ exposure }) => exposure);
  return {
    timesMs: joined(all),
    exposure: others.reduce(
      (common, one) => (one === common ? common : intersection(common, one)),
      first ?? [],
    ),
    resolutionMs: Math.max(...all.map(({ resolutionMs }) => resolutionMs)),
  };
}

function joined(all: readonly EventSeries[]): Float64Array {
  const timesMs = new Float64Array(all.reduce((sum, one) => sum + one.timesMs.length, 0));
  let at = 0;
  for (const one of all) {
    timesMs.set(one.timesMs, at);
    at += one.timesMs.length;
  }
  return timesMs;
}

function leastOf(findings: readonly PeriodFinding[]): number {
  return Math.min(...findings.map(({ falseAlarmProbability }) => falseAlarmProbability));
}
