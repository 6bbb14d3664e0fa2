import type { Activity } from '../../model/activity.ts';
import type { ExceptionUse } from '../../model/proof.ts';
import { parseDurationMs } from '../parse/duration.ts';
import { counted, spell } from '../wording/amounts.ts';
import { type ActivityTable, rowsThatAre, type Truths } from './activity-table.ts';
import type { Claim } from './claim.ts';
import { couldHave } from './conditions/could-have.ts';
import { TRUTH } from './conditions/truth.ts';
import { howMany } from './doubts/uncounted.ts';
import { compileMatch } from './match.ts';
import { countAsOne } from './occurrences.ts';
import { type ActivityRule, type Exception, isAboutActivities, type RulePack } from './pack.ts';
import { activitiesOfRows } from './selection.ts';

export interface Excused {
  /** What no exception covers. */
  remaining: readonly Activity[];
  uses: ExceptionUse[];
  /** Exceptions that break the rule by themselves: expired, or no longer needed. */
  broken: ExceptionUse[];
  /** Why nobody knows that no more was excused than is allowed. */
  uncounted: string[];
}

const DAY_MS = 86_400_000;

/** What a rule's exceptions are applied to. */
export interface Matched {
  /** All activities of the rule's kind in the window, of every target. */
  table: ActivityTable;
  /** What the rule's match says of each of them. */
  truths: Truths;
  /** The rows of its target that it matches and no cause excuses. */
  rows: readonly number[];
}

/**
 * Takes away what a rule's exceptions, and those of its pack, allow.
 * @param isWholeFor whether the window was fully covered for a target, so that what was not seen of it was not there
 */
export function applyExceptions(
  claim: Claim<ActivityRule>,
  { table, truths, rows }: Matched,
  isWholeFor: (target: string) => boolean,
): Excused {
  const { pack, rule } = claim;
  const result: Omit<Excused, 'remaining'> = { uses: [], broken: [], uncounted: [] };
  let remaining = rows;
  const own = (rule.except ?? []).map((exception) => ({ exception, ofPack: false }));
  const shared = (pack.except ?? [])
    .filter((exception) => exception.activity === rule.activity)
    .map((exception) => ({ exception, ofPack: true }));
  for (const { exception, ofPack } of [...own, ...shared]) {
    const allowed = compileMatch(rule.activity, exception.match).over(table);
    const wanted = rowsThatAre(TRUTH.yes, allowed, remaining);
    const takesAll = rows.length > 0 && rows.every((row) => allowed[row] === TRUTH.yes);
    const { used, gone, uncounted } = take(claim, exception, activitiesOfRows({ table, rows: wanted }));
    if (uncounted !== null) result.uncounted.push(`${exception.reason}: ${uncounted}`);
    if (gone === 'all') remaining = remaining.filter((row) => allowed[row] !== TRUTH.yes);
    else if (gone.size > 0) remaining = remaining.filter((row) => !gone.has(table.rows[row]));
    // An exception of the pack is needed as long as anything of the activity uses it, whatever this rule looks for. What
    // may use it is enough: only what certainly nothing uses can be removed.
    const isNeeded = allowed.some((truth, row) => truth !== TRUTH.no && (ofPack || truths[row] !== TRUTH.no));
    if (ofPack && used === 0 && rule !== keeperOf(pack, rule)) continue;
    const concerned = targetsOf(claim, exception);
    // Whom it is not about has nothing to say of it, unless it is about nobody.
    if (used === 0 && concerned.length > 0 && !concerned.includes(claim.target)) continue;
    const isWhole = (): boolean => concerned.every(isWholeFor);
    const { problem, breaks } = hygiene(claim, exception, used, isNeeded, isWhole);
    const isLimited = exception.maxCount !== undefined || isExpired(claim, exception);
    const use: ExceptionUse = { reason: exception.reason, matched: used, problem };
    if (takesAll && used > 0 && !isLimited) use.excusedAll = true;
    result.uses.push(use);
    if (breaks) result.broken.push(use);
  }
  return { ...result, remaining: activitiesOfRows({ table, rows: remaining }) };
}

/** The targets of a rule that an exception may be about. */
function targetsOf({ evidence, target, rule }: Claim<ActivityRule>, { match }: Exception): string[] {
  const all = rule.target === undefined ? evidence.targets.map(({ name }) => name) : [target];
  return all.filter((name) => couldHave(rule.activity, match, 'target', name));
}

/** How often an exception was asked for, and which of the activities it takes away. */
function take(
  claim: Claim,
  exception: Exception,
  activities: readonly Activity[],
): { used: number; gone: ReadonlySet<Activity | undefined> | 'all'; uncounted: string | null } {
  const { tickMs } = claim.evidence.run;
  const wanted = countAsOne(activities, tickMs, claim.actorOf);
  const used = wanted.length;
  if (isExpired(claim, exception)) return { used, gone: new Set(), uncounted: null };
  if (exception.maxCount === undefined) return { used, gone: 'all', uncounted: null };
  const taken = wanted.slice(0, exception.maxCount).flatMap((one) => one.activities);
  return { used, gone: new Set(taken), uncounted: howMany(claim.evidence, taken) };
}

function hygiene(
  { window, evidence }: Claim,
  { expires, maxCount, every, optional }: Exception,
  used: number,
  isNeeded: boolean,
  isWhole: () => boolean,
): { problem: string | null; breaks: boolean } {
  if (isExpired({ window }, { expires })) return { problem: `expired on ${expires}`, breaks: true };
  if (maxCount !== undefined && used > maxCount) {
    return { problem: `used ${counted(used, 'time')}, allowed ${withLimit(maxCount)}`, breaks: false };
  }
  if (isNeeded || optional === true || every === undefined) return { problem: null, breaks: false };
  const expectedMs = 2 * (parseDurationMs(every) ?? 0);
  const longEnough = window.toMs - window.fromMs >= expectedMs - evidence.run.tickMs / 4;
  if (longEnough && isWhole()) {
    return { problem: `not used, although expected every ${every}: remove it`, breaks: true };
  }
  const why = longEnough ? 'the window was not fully covered' : `only ${spell(expectedMs)} would tell`;
  return { problem: `not used; ${why}`, breaks: false };
}

function withLimit(maxCount: number): string {
  return maxCount === 1 ? 'once' : counted(maxCount, 'time');
}

/** The day itself still counts, in UTC. The end of the window decides for all that is in it. */
export function isExpired(
  { window }: Pick<Claim, 'window'>,
  { expires }: Pick<Exception, 'expires'>,
): boolean {
  return expires !== undefined && window.toMs >= Date.parse(expires) + DAY_MS;
}

/** The rule that answers for the exceptions of its pack, so that each is complained of once. */
export function keeperOf(pack: RulePack, rule: ActivityRule): ActivityRule | undefined {
  const peers = pack.rules.filter(
    (one): one is ActivityRule =>
      isAboutActivities(one) &&
      one.activity === rule.activity &&
      one.window === rule.window &&
      (one.target === undefined || one.target === rule.target),
  );
  return peers.find((one) => one.severity === 'error') ?? peers[0];
}
