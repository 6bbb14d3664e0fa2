import type { Activity } from '../../model/activity.ts';
import type { Evidence } from '../../model/evidence.ts';
import { isAppRecord } from '../derive/app-record.ts';
import { lazily, once } from '../derive/once.ts';
import { parseDurationMs } from '../parse/duration.ts';
import { type ActivityTable, timesOf, wholeTable } from './activity-table.ts';
import { TRUTH } from './conditions/truth.ts';
import { compileMatch } from './match.ts';
import type { Cause, Unless } from './pack.ts';

/** How an activity is excused by causes before it; `doubtful` when only by one whose time cannot be believed. */
export const EXCUSED = { no: 0, doubtful: 1, certain: 2 } as const;

/** Of each row of a table, as EXCUSED numbers it. */
export type Excuses = Uint8Array;

/** The causes of an `unless`, and when they were, in order of time. */
interface Causes {
  all: () => ReadonlySet<Activity>;
  certain: Float64Array;
  /** Of those whose time cannot be believed. */
  doubtful: Float64Array;
}

/**
 * What the causes of some `unless`, of any target, before the window too, excuse: what happens within a time after one. A cause
 * never is, or whatever is a cause as well as an effect would excuse itself, and a poller each of its own calls.
 * @param table in order of time
 */
export function excusesOver(table: ActivityTable, unless: readonly Unless[], evidence: Evidence): Excuses {
  const [only, ...others] = unless.map((one) => excusesBy(one, table, evidence));
  if (only !== undefined && others.length === 0) return only;
  const best = new Uint8Array(table.rows.length);
  for (const one of [only ?? best, ...others])
    for (let row = 0; row < best.length; row += 1)
      best[row] = Math.max(best[row] as number, one[row] as number);
  return best;
}

/** Made once for all rules that name the same cause. */
const known: WeakMap<ActivityTable, Map<string, Excuses>> = new WeakMap();

function excusesBy(unless: Unless, table: ActivityTable, evidence: Evidence): Excuses {
  const ofTable = known.get(table) ?? new Map<string, Excuses>();
  known.set(table, ofTable);
  const key = JSON.stringify([unless.after, unless.within]);
  const excuses = ofTable.get(key) ?? findExcuses(unless, table, evidence);
  ofTable.set(key, excuses);
  return excuses;
}

function findExcuses({ after, within }: Unless, table: ActivityTable, evidence: Evidence): Excuses {
  const { all, certain, doubtful } = causesIn(after, evidence);
  const withinMs = parseDurationMs(within) ?? 0;
  const timesMs = table.timesMs();
  const excuses = new Uint8Array(timesMs.length);
  const isAfterCertain = isSoonAfter(certain, withinMs);
  const isAfterDoubtful = isSoonAfter(doubtful, withinMs);
  for (let row = 0; row < excuses.length; row += 1) {
    const atMs = timesMs[row] as number;
    const isCertain = isAfterCertain(atMs);
    if (!isCertain && !isAfterDoubtful(atMs)) continue;
    const activity = table.rows[row] as Activity;
    if (activity.kind === after.activity && all().has(activity)) continue;
    excuses[row] = isCertain ? EXCUSED.certain : EXCUSED.doubtful;
  }
  return excuses;
}

function causesIn(after: Cause, evidence: Evidence): Causes {
  return once(evidence, causesIn, JSON.stringify(after), () => {
    const table = wholeTable(evidence, after.activity);
    const truths = compileMatch(after.activity, after.match).over(table);
    const causes = table.rows.filter((_, row) => truths[row] === TRUTH.yes);
    return {
      all: lazily(() => new Set(causes)),
      certain: timesOf(causes.filter((cause) => !isUnsure(cause))).sort(),
      doubtful: timesOf(causes.filter(isUnsure)).sort(),
    };
  });
}

/**
 * Whether nothing can rest on the time of a cause: it cannot be believed, or is the app's own word, and who writes later could excuse
 * whatever there was, or take it out of a deadline.
 */
export function isUnsure(cause: Activity): boolean {
  if (!isAppRecord(cause)) return false;
  return cause.stampDoubtful || cause.stampedAtMs === null || cause.backdated === true;
}

/** Whether one of the sorted times lies at most so long before a time, or at it; to be asked in order of time. */
function isSoonAfter(times: Float64Array, withinMs: number): (atMs: number) => boolean {
  let come = 0;
  return (atMs) => {
    while (come < times.length && (times[come] as number) <= atMs) come += 1;
    return come > 0 && atMs - (times[come - 1] as number) <= withinMs;
  };
}
