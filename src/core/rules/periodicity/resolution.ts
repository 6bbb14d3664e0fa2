import type { Activity } from '../../../model/activity.ts';
import type { TimeSpan } from '../../../model/time.ts';
import { burstMs } from '../../derive/burst.ts';
import { totalMs } from '../../derive/spans.ts';
import { counted, spell } from '../../wording/amounts.ts';

/** Stamps that are all multiples of one of these were rounded to it; in milliseconds. */
const ROUNDED_TO = [1000, 100, 10, 1];
const MICROSECOND = 1e-3;

/** Collectors that stamp what they find with the time of the look. */
const LOOKS: ReadonlySet<string> = new Set(['sockets', 'processes']);

/** Exact stamps are multiples of ten times their step one time in ten; beyond this share they were rounded. */
const ROUNDED_SHARE = 0.25;
/** Of activities that stand for what went on for a while, more than this share is no accident (by trial). */
const LASTING_SHARE = 0.05;
/** …where they go on for more than this share of a tick; shorter ones are bursts. */
const LASTING_TICKS = 0.1;
/** What came meanwhile has no time at all, and a beat among it is told as by stamps that are so much coarser (by trial). */
const HIDES = 1.5;
/** Nothing is told as one for much longer than that, but for what only looks tell. */
const LONGEST_TICK_MS = 1000;
/** Shorter periods than this many steps are not found. */
const SHORTEST = 2.5;

/**
 * How exact the times of activities are, in milliseconds: a tick where looks found most of them; else what the stamps of more
 * than a quarter are multiples of. Rounded stamps among exact ones would look like a beat of their own. So would the first ones of
 * whatever is told as one: where some go on for a while, no time counts for better known than the longest of them.
 */
export function resolutionOf(activities: readonly Activity[], tickMs: number): number {
  return Math.max(stepOf(activities, tickMs), lastingMs(activities, tickMs));
}

/** How long activities go on that stand for more than a burst; 0 where hardly any does. */
function lastingMs(activities: readonly Activity[], tickMs: number): number {
  const leastMs = LASTING_TICKS * Math.min(tickMs, LONGEST_TICK_MS);
  let [lasting, longestMs] = [0, 0];
  for (const one of activities) {
    const ms = burstMs(one);
    if (ms <= leastMs) continue;
    lasting += 1;
    longestMs = Math.max(longestMs, ms);
  }
  return lasting > activities.length * LASTING_SHARE ? HIDES * longestMs : 0;
}

function stepOf(activities: readonly Activity[], tickMs: number): number {
  let looked = 0;
  // All steps are whole: of exact stamps, nearly all are ruled out at once.
  const whole: number[] = [];
  for (const one of activities) {
    if (LOOKS.has(one.collector) || ('stampedAtMs' in one && one.stampedAtMs === null)) looked += 1;
    if (Number.isInteger(one.atMs)) whole.push(one.atMs);
  }
  if (looked > activities.length / 2) return tickMs;
  const least = activities.length * ROUNDED_SHARE;
  if (whole.length <= least) return MICROSECOND;
  return ROUNDED_TO.find((step) => whole.filter((atMs) => atMs % step === 0).length > least) ?? MICROSECOND;
}

/**
 * Why a beat that is too short for their times may be among activities: there are as many as it would make. Null where there
 * are fewer, or where the rule asks for none so short.
 * @param stepMs how exact the times are
 */
export function whyTooCoarse(
  activities: readonly Activity[],
  exposure: readonly TimeSpan[],
  stepMs: number,
  leastMs: number,
): string | null {
  const shortestMs = SHORTEST * stepMs;
  const beats = Math.floor(totalMs(exposure) / shortestMs);
  if (leastMs >= shortestMs || beats === 0 || activities.length < beats) return null;
  const steps = new Set(activities.map(({ atMs }) => Math.floor(atMs / stepMs))).size;
  if (steps < beats) return null;
  return `${counted(activities.length, 'activity')} whose times are known to ${spell(stepMs)}: nobody can tell beats of less than ${spell(shortestMs)}`;
}
