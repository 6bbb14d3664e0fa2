import type { MetricSummary, WindowVerdict } from '../../model/window-verdict.ts';
import { comparedIn } from './compared-metrics.ts';
import { findingKeys, findingSightings } from './findings.ts';
import { leakSightings } from './leaks.ts';
import { ENOUGH_WINDOWS } from './reference.ts';
import { shiftSightings } from './shifts.ts';
import { type CompareState, type PastWindow, remembered, TRAILING_WINDOWS } from './state.ts';
import { advance, type Change, type Sighting } from './track.ts';
import { followUnproved } from './unproved.ts';

export interface CompareOptions {
  compareWith: 'pinned' | 'trailing' | 'both';
  /** Windows of the pinned baseline; empty: there is none. */
  pinned: readonly WindowVerdict[];
}

export interface Comparison {
  state: CompareState;
  changes: Change[];
  /** Conclusive windows before this one, and whether they are enough to compare metrics with. */
  trailing: { windows: number; isEnough: boolean };
}

/**
 * Takes in the next window of one id. Findings of the pinned baseline are known, any other is a regression at once. The same
 * window again (a proof that supersedes) can only add findings. A window that proved nothing neither tells nor resolves
 * anything of a target.
 */
export function compareWindow(
  state: CompareState,
  window: WindowVerdict,
  { compareWith, pinned }: CompareOptions,
): Comparison {
  const trailing = { windows: state.past.length, isEnough: state.past.length >= ENOUGH_WINDOWS };
  const baseline = compareWith === 'trailing' ? [] : pinned;
  const accepted = findingKeys(baseline);
  if (isKnown(state, window)) {
    return { ...addLate(state, window, accepted), trailing };
  }
  const { next: unproved, change } = followUnproved(state, window);
  const seen = { ...state, ...unproved, lastFromMs: window.fromMs };
  const told = change === null ? [] : [change];
  if (window.verdict === 'inconclusive') return { state: seen, changes: told, trailing };

  const yardsticks = { pinned: baseline, trailing: compareWith === 'pinned' ? [] : state.past };
  const shifts = shiftSightings(window, state.tracks, yardsticks);
  const risen = shifts.filter(({ presence }) => presence === 'present').map(({ key }) => key);
  const past = [...state.past, pastOf(window, risen)].slice(-TRAILING_WINDOWS);
  const sightings = [
    ...findingSightings(window, state.tracks, accepted),
    ...shifts,
    ...leakSightings(window, past, state.tracks),
    ...leftTargets(window, state),
  ];
  const { state: next, changes } = takeIn({ ...seen, count: state.count + 1, past }, sightings, window);
  return { state: next, changes: [...told, ...changes], trailing };
}

/** A window that begins earlier than the last one is new all the same: the clock may have been set back. */
function isKnown({ lastFromMs, past }: CompareState, { fromMs }: WindowVerdict): boolean {
  return fromMs === lastFromMs || past.some((one) => one.fromMs === fromMs);
}

/** A proof that came late: of the last window, every finding counts; of an older one, what was never heard of. */
function addLate(
  state: CompareState,
  window: WindowVerdict,
  accepted: ReadonlySet<string>,
): { state: CompareState; changes: Change[] } {
  if (window.verdict === 'inconclusive') return { state, changes: [] };
  const isLast = window.fromMs === state.lastFromMs;
  const added = findingSightings(window, state.tracks, accepted).filter(
    ({ key, presence }) => presence === 'present' && (isLast || state.tracks[key] === undefined),
  );
  return takeIn(state, added, window);
}

/** What had risen in targets that are no longer watched. */
function leftTargets({ rules, metrics = {} }: WindowVerdict, { tracks }: CompareState): Sighting[] {
  const watched = new Set([...Object.keys(metrics), ...rules.map(({ target }) => target)]);
  return Object.entries(tracks).flatMap(([key, track]): Sighting[] =>
    track.ruleId !== null || watched.has(track.target)
      ? []
      : [{ ...noLongerWatched, ...track, key, text: 'The target is no longer watched.' }],
  );
}

const noLongerWatched = {
  presence: 'unjudged',
  least: 0,
  most: 0,
  strikesNeeded: 1,
  sinceMs: null,
} as const;

function takeIn(
  state: CompareState,
  sightings: readonly Sighting[],
  window: WindowVerdict,
): { state: CompareState; changes: Change[] } {
  const tracks = { ...state.tracks };
  const changes: Change[] = [];
  for (const sighting of sightings) {
    const { track, change } = advance(tracks[sighting.key], sighting, window, state.count);
    if (track === undefined) delete tracks[sighting.key];
    else tracks[sighting.key] = track;
    if (change !== null) changes.push(change);
  }
  return { state: { ...state, tracks: remembered(tracks, state.count) }, changes };
}

/** What is kept of a window for later ones; values that may be larger are no measure. */
function pastOf({ fromMs, toMs, metrics = {} }: WindowVerdict, risen: string[]): PastWindow {
  const kept = Object.entries(metrics).map(([target, all]): [string, Record<string, MetricSummary>] => [
    target,
    Object.fromEntries(
      comparedIn(all).flatMap(({ metric, summary }) =>
        summary.atLeast === true ? [] : [[metric.name, summary]],
      ),
    ),
  ]);
  return { fromMs, toMs, metrics: Object.fromEntries(kept), risen };
}
