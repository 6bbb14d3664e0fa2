import type { Activity } from '../../../model/activity.ts';
import type { TimeSpan } from '../../../model/time.ts';
import { longestMs, outside } from '../../derive/spans.ts';
import { counted, spell } from '../../wording/amounts.ts';
import type { Occurrence } from '../occurrences.ts';

/** Looks may be that many ticks apart, and what they find is taken for one. */
const CLOSE_TICKS = 2.5;
/** A dirty page is written back within half a minute and some seconds, unless somebody has set it otherwise; see vm.dirty_expire_centisecs, proc_sys_vm(5). */
const WRITTEN_BACK_MS = 60_000;

/**
 * Whether it shows at each look at which it has happened. A write through a mapping shows once until its page is written back (msync(2)), however often
 * it happens meanwhile.
 */
const showsEachTime = ({ kind }: Activity): boolean => kind !== 'file';

/** Since when an activity may have happened more than once; null: it is told by itself, or by two looks one after the other. */
function uncountedSpan(one: Activity, tickMs: number): TimeSpan | null {
  const { sinceMs, atMs } = one;
  if (sinceMs === undefined) return null;
  if (showsEachTime(one) && atMs - sinceMs <= CLOSE_TICKS * tickMs) return null;
  return { fromMs: sinceMs, toMs: atMs };
}

/**
 * Why a beat may be among activities that only looks far apart have found, so that several count as one. Null where there are none; where such a beat
 * would have shown in a time that is as long and in which nothing happened, as on a connection; or where the rule asks for none so short.
 */
export function whyUncounted(
  activities: readonly Activity[],
  exposure: readonly TimeSpan[],
  tickMs: number,
  leastMs: number,
): string | null {
  const uncounted = activities.filter((one) => uncountedSpan(one, tickMs) !== null);
  const spans = uncounted.flatMap((one) => uncountedSpan(one, tickMs) ?? []);
  const isAllShown = uncounted.every(showsEachTime);
  const apartMs = Math.max(longestMs(spans), isAllShown ? 0 : WRITTEN_BACK_MS);
  if (spans.length === 0 || leastMs >= apartMs) return null;
  const quiet = exposure.flatMap((span) => outside(span, spans));
  return isAllShown && longestMs(quiet) >= apartMs ? null : sayUncounted(spans);
}

/** Why nobody knows how many there were; null where somebody does. */
export function howMany(activities: readonly Activity[], tickMs: number): string | null {
  const spans = activities.flatMap((one) => uncountedSpan(one, tickMs) ?? []);
  return spans.length === 0 ? null : sayUncounted(spans);
}

/** What stands before a count of activities: «at least » where one of them may have happened more than once. */
export function atLeastAmong(occurrences: readonly Occurrence[], tickMs: number): string {
  const isUncounted = occurrences.some(({ activities }) => howMany(activities, tickMs) !== null);
  return isUncounted ? 'at least ' : '';
}

function sayUncounted(spans: readonly TimeSpan[]): string {
  const what = counted(spans.length, 'activity');
  return `${what} that only showed afterwards, up to ${spell(longestMs(spans))} after the look before: how often it happened meanwhile, nobody can tell`;
}
