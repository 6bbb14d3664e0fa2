import type { Activity } from '../../../model/activity.ts';
import type { Evidence } from '../../../model/evidence.ts';
import type { TimeSpan } from '../../../model/time.ts';
import { once } from '../../derive/once.ts';
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

/** When activities may have happened more than once. Of most evidence there are none. */
function uncountedIn(evidence: Evidence): ReadonlyMap<Activity, TimeSpan> {
  return once(evidence, uncountedIn, '', () => {
    const spans = new Map<Activity, TimeSpan>();
    for (const one of evidence.activities) {
      const span = uncountedSpan(one, evidence.run.tickMs);
      if (span !== null) spans.set(one, span);
    }
    return spans;
  });
}

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
  evidence: Evidence,
  activities: readonly Activity[],
  exposure: readonly TimeSpan[],
  leastMs: number,
): string | null {
  const known = uncountedIn(evidence);
  const uncounted = known.size === 0 ? [] : activities.filter((one) => known.has(one));
  const spans = uncounted.flatMap((one) => known.get(one) ?? []);
  const isAllShown = uncounted.every(showsEachTime);
  const apartMs = Math.max(longestMs(spans), isAllShown ? 0 : WRITTEN_BACK_MS);
  if (spans.length === 0 || leastMs >= apartMs) return null;
  const quiet = exposure.flatMap((span) => outside(span, spans));
  return isAllShown && longestMs(quiet) >= apartMs ? null : sayUncounted(spans);
}

/** Why nobody knows how many there were; null where somebody does. */
export function howMany(evidence: Evidence, activities: readonly Activity[]): string | null {
  const known = uncountedIn(evidence);
  const spans = known.size === 0 ? [] : activities.flatMap((one) => known.get(one) ?? []);
  return spans.length === 0 ? null : sayUncounted(spans);
}

/** What stands before a count of activities: «at least » where one of them may have happened more than once. */
export function atLeastAmong(evidence: Evidence, occurrences: readonly Occurrence[]): string {
  const known = uncountedIn(evidence);
  const isUncounted =
    known.size > 0 && occurrences.some(({ activities }) => activities.some((one) => known.has(one)));
  return isUncounted ? 'at least ' : '';
}

function sayUncounted(spans: readonly TimeSpan[]): string {
  const what = counted(spans.length, 'activity');
  return `${what} that only showed afterwards, up to ${spell(longestMs(spans))} after the look before: how often it happened meanwhile, nobody can tell`;
}
