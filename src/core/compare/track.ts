import type { TimeSpan } from '../../model/time.ts';
import type { Severity } from '../../model/verdict.ts';
import type { MetricReference } from './reference.ts';

/** One thing that can regress, as one window shows it. */
export interface Sighting {
  key: string;
  severity: Severity;
  target: string;
  ruleId: string | null;
  /**
   * `unjudged`: nobody looks for it any more (the rule was taken away). `unknown`: it may be there or not, or it is neither
   * clearly there nor clearly gone.
   */
  presence: 'present' | 'absent' | 'unjudged' | 'unknown';
  /** How bad it is, in a unit of its kind: at least, and at most; 0 where it has no degrees. */
  least: number;
  most: number;
  /** So many windows in a row have to show it before it is told. */
  strikesNeeded: number;
  /** Seconds between two of it, which a window has to be able to see; 0: it does not repeat. */
  periodMs: number;
  /** Opening of the window in which it began; null: this one. */
  sinceMs: number | null;
  reference: MetricReference | null;
  title: string;
  text: string;
}

/** What is remembered of it from window to window. */
export interface Track {
  severity: Severity;
  target: string;
  ruleId: string | null;
  title: string;
  isOpen: boolean;
  strikes: number;
  firstSeenMs: number;
  /** How bad it was when it was told last. */
  told: number;
  repeat: number;
  /** Proven quiet since it was seen last. */
  clearWindows: number;
  clearMs: number;
  /** Length of the window that showed it last. */
  seenInMs: number;
  periodMs: number;
  /** How often it came back after it was resolved. */
  returns: number;
  /** Number of the conclusive window in which it was resolved; null: it is open, or was never told. */
  closedAt: number | null;
  reference: MetricReference | null;
}

export interface Change {
  key: string;
  severity: Severity;
  target: string | null;
  ruleId: string | null;
  status: 'firing' | 'resolved';
  why: 'new' | 'back' | 'worse' | 'gone' | 'unjudged';
  repeat: number;
  firstSeenMs: number;
  title: string;
  text: string;
}

/**
 * One quiet window is what something intermittent looks like too. Of what shows in half of the windows, three in a row stay
 * empty by chance one time in eight; what comes back has to stay away twice as long the next time, so that something that
 * comes and goes is soon told as one thing that lasts. What stays away for 48 windows is over by any measure.
 */
const CLEAR_WINDOWS = 3;
const LONGEST_CLEAR_WINDOWS = 48;

/** Twice as bad as it was told is told again: not more often than doubling allows. */
const CLEARLY_WORSE = 2;

/** Windows cut short prove less: together the quiet ones are at least half as long as as many whole ones. */
const CLEAR_SHARE = 0.5;

/** Something that repeats has had to be missed twice. */
const CLEAR_PERIODS = 2;

/** How many quiet windows resolve it. */
const clearWindowsNeeded = (returns: number): number =>
  Math.min(LONGEST_CLEAR_WINDOWS, CLEAR_WINDOWS * 2 ** returns);

/** The next state of one regression, and what is to be told, if anything. `number`: of the conclusive window. */
export function advance(
  track: Track | undefined,
  sighting: Sighting,
  window: TimeSpan,
  number: number,
): { track: Track | undefined; change: Change | null } {
  if (sighting.presence === 'unknown') return { track, change: null };
  if (sighting.presence === 'present') {
    return track?.isOpen === true ? goOn(track, sighting, window) : begin(track, sighting, window);
  }
  if (track === undefined) return { track, change: null };
  if (track.isOpen) return clear(track, sighting, window, number);
  return { track: track.closedAt === null ? undefined : { ...track, strikes: 0 }, change: null };
}

function begin(track: Track | undefined, sighting: Sighting, { fromMs, toMs }: TimeSpan): Step {
  const strikes = (track?.strikes ?? 0) + 1;
  const isTold = strikes >= sighting.strikesNeeded;
  const cameBack = track !== undefined && track.closedAt !== null;
  const isFirst = strikes === 1 || track === undefined;
  const next: Track = {
    severity: sighting.severity,
    target: sighting.target,
    ruleId: sighting.ruleId,
    title: sighting.title,
    isOpen: isTold,
    strikes: isTold ? 0 : strikes,
    firstSeenMs: isFirst ? (sighting.sinceMs ?? fromMs) : track.firstSeenMs,
    told: isTold ? sighting.most : 0,
    repeat: 0,
    clearWindows: 0,
    clearMs: 0,
    seenInMs: toMs - fromMs,
    periodMs: sighting.periodMs,
    returns: (track?.returns ?? 0) + (isTold && cameBack ? 1 : 0),
    closedAt: isTold ? null : (track?.closedAt ?? null),
    reference: sighting.reference,
  };
  const why = cameBack ? 'back' : 'new';
  return { track: next, change: isTold ? changeOf(sighting, next, 'firing', why) : null };
}

function goOn(track: Track, sighting: Sighting, { fromMs, toMs }: TimeSpan): Step {
  const isWorse = track.told > 0 && sighting.least >= CLEARLY_WORSE * track.told;
  const next: Track = {
    ...track,
    severity: sighting.severity,
    told: isWorse ? sighting.most : track.told,
    repeat: track.repeat + (isWorse ? 1 : 0),
    clearWindows: 0,
    clearMs: 0,
    seenInMs: toMs - fromMs,
    periodMs: Math.max(track.periodMs, sighting.periodMs),
  };
  return { track: next, change: isWorse ? changeOf(sighting, next, 'firing', 'worse') : null };
}

function clear(track: Track, sighting: Sighting, { fromMs, toMs }: TimeSpan, number: number): Step {
  const needed = clearWindowsNeeded(track.returns);
  const next: Track = {
    ...track,
    clearWindows: track.clearWindows + 1,
    clearMs: track.clearMs + (toMs - fromMs),
  };
  const neededMs = Math.max(CLEAR_SHARE * needed * track.seenInMs, CLEAR_PERIODS * track.periodMs);
  const isUnjudged = sighting.presence === 'unjudged';
  if (next.clearWindows < needed || (!isUnjudged && next.clearMs < neededMs)) {
    return { track: next, change: null };
  }
  const closed: Track = { ...next, isOpen: false, strikes: 0, closedAt: number, reference: null };
  return { track: closed, change: changeOf(sighting, closed, 'resolved', isUnjudged ? 'unjudged' : 'gone') };
}

interface Step {
  track: Track | undefined;
  change: Change | null;
}

function changeOf(
  { key, text }: Sighting,
  { severity, target, ruleId, title, repeat, firstSeenMs }: Track,
  status: Change['status'],
  why: Change['why'],
): Change {
  return { key, severity, target, ruleId, status, why, repeat, firstSeenMs, title, text };
}
