import type { ProofSummary, SummaryPart, SummaryWindow } from '../../model/proof-summary.ts';
import type { TimeSpan } from '../../model/time.ts';
import type { Verdict } from '../../model/verdict.ts';
import { proofTime } from '../derive/proof-time.ts';
import { longestMs, outside, totalMs } from '../derive/spans.ts';
import { counted } from '../wording/amounts.ts';
import type { ProofDigest } from './digest.ts';
import { roundAll } from './round.ts';
import { joinFindings } from './summary-findings.ts';
import { mediansOf, trendsOf } from './summary-trends.ts';

const MAX_NOT_WATCHED = 200;
const WORSE: Readonly<Record<Verdict, number>> = { pass: 0, inconclusive: 1, fail: 2 };

/** A run with evidence alone: cut off, or going on; or a window of a daemon without a proof. */
interface UnprovedRun {
  /** Its folder, or which window it is and why it has none. */
  path: string;
  writtenMs: number;
  /** Null: not known. */
  windowId: string | null;
  verdict: Verdict | null;
}

/** What lies in a folder of proofs, and what is missing there. */
export interface KeptProofs {
  digests: readonly ProofDigest[];
  /** Of windows that turned out to be none: they count for nothing. */
  withdrawn: readonly ProofDigest[];
  broken: readonly { path: string; problem: string }[];
  unproved: readonly UnprovedRun[];
}

/** What a summary is asked about; null: everything. */
export interface SummaryRange {
  sinceMs: number | null;
  /** The end of the period, with `sinceMs`. */
  untilMs: number | null;
  windowId: string | null;
}

/** Many proofs as one: per day, per window and as a whole. The same proofs give the same summary, in whatever order they come. */
export function summarizeProofs(
  kept: KeptProofs,
  range: SummaryRange,
  excludedTogether: ProofSummary['excludedTogether'] = null,
): ProofSummary {
  const { sinceMs, windowId } = range;
  const isAsked = (digest: ProofDigest): boolean =>
    (sinceMs === null || digest.closedMs > sinceMs) && (windowId === null || digest.windowId === windowId);
  const asked = kept.digests.filter(isAsked);
  const withdrawn = kept.withdrawn.filter(isAsked).map(({ path }) => path);
  const { current, superseded } = withoutSuperseded(asked);
  const total = partOf(current);
  const unproved = kept.unproved.filter(
    (run) =>
      (sinceMs === null || run.writtenMs > sinceMs) &&
      (windowId === null || run.windowId === null || run.windowId === windowId),
  );
  const verdict = verdictOf(total, kept.broken.length, unproved);
  const period = periodOf(current, range);
  const offset = current.at(-1)?.utcOffsetMinutes ?? 0;
  const spell = ({ fromMs, toMs }: TimeSpan) => ({
    from: proofTime(fromMs, offset),
    to: proofTime(toMs, offset),
    seconds: (toMs - fromMs) / 1000,
  });
  const gap = period === null ? null : longestGap(current, period);
  const { findings, leftOut } = joinFindings(current);
  return roundAll({
    schemaVersion: 1,
    verdict,
    headline: headlineOf(verdict, total, { broken: kept.broken, unproved }),
    hosts: [...new Set(current.map(({ host }) => host))].sort(),
    period: period === null ? null : spell(period),
    total,
    longestUnwatched: gap === null ? null : spell(gap),
    days: [...grouped(current, ({ opened }) => opened.local.slice(0, 10))].map(([date, digests]) => ({
      date,
      ...partOf(digests),
      metrics: mediansOf(digests),
    })),
    windows: [...grouped(current, (digest) => digest.windowId)].map(([id, digests]) => windowOf(id, digests)),
    findings,
    findingsLeftOut: leftOut,
    trends: trendsOf(current),
    longestExcludedPeriod: longestExcluded(current),
    excludedTogether,
    notWatched: notWatchedIn(current),
    superseded,
    withdrawn: withdrawn.sort(),
    broken: [...kept.broken],
    unproved: unproved.map(({ path }) => path),
  });
}

/** A window that was judged again, since rows came late, or whose proof was copied, counts once: with the most evidence. */
function withoutSuperseded(digests: readonly ProofDigest[]): {
  current: ProofDigest[];
  superseded: string[];
} {
  const best = new Map<string, ProofDigest>();
  const superseded: string[] = [];
  const sorted = digests.toSorted((a, b) => a.openedMs - b.openedMs || (a.path < b.path ? -1 : 1));
  for (const digest of sorted) {
    const { host, windowId, openedMs, targets } = digest;
    const key = JSON.stringify([host, windowId, openedMs, targets.map(({ name }) => name)]);
    const other = best.get(key);
    if (other === undefined) {
      best.set(key, digest);
      continue;
    }
    const rows = digest.evidenceRows - other.evidenceRows;
    const wins = rows > 0 || (rows === 0 && WORSE[digest.verdict] > WORSE[other.verdict]);
    superseded.push((wins ? other : digest).path);
    if (wins) best.set(key, digest);
  }
  return { current: [...best.values()], superseded: superseded.sort() };
}

function partOf(digests: readonly ProofDigest[]): SummaryPart {
  const verdicts = { pass: 0, fail: 0, inconclusive: 0 };
  for (const { verdict } of digests) verdicts[verdict] += 1;
  return {
    windows: digests.length,
    verdicts,
    watchedSeconds: totalMs(spansOf(digests)) / 1000,
    lowestCoverageShare: digests.reduce((lowest, { coverageShare }) => Math.min(lowest, coverageShare), 1),
  };
}

function windowOf(id: string, digests: readonly ProofDigest[]): SummaryWindow {
  const { verdict, opened, path } = digests.at(-1) as ProofDigest;
  return { id, ...partOf(digests), last: { verdict, opened, path } };
}

/** A summary is never better than what it does not know. */
function verdictOf(
  { windows, verdicts }: SummaryPart,
  broken: number,
  unproved: readonly UnprovedRun[],
): Verdict {
  if (verdicts.fail > 0 || unproved.some(hasFailed)) return 'fail';
  const unknown = broken + unproved.length;
  return windows === 0 || verdicts.inconclusive > 0 || unknown > 0 ? 'inconclusive' : 'pass';
}

const hasFailed = ({ verdict }: UnprovedRun): boolean => verdict === 'fail';

function headlineOf(
  verdict: Verdict,
  { windows, verdicts }: SummaryPart,
  { broken, unproved }: Pick<KeptProofs, 'broken' | 'unproved'>,
): string {
  const { pass, fail, inconclusive } = verdicts;
  const counts =
    windows === 0
      ? 'no window'
      : `${counted(windows, 'window')}: ${pass} pass, ${fail} fail, ${inconclusive} inconclusive`;
  const unread = broken.length === 0 ? '' : ` · ${counted(broken.length, 'proof')} could not be read`;
  const failed = unproved.filter(hasFailed).length;
  const ofThem = failed === 0 ? '' : `, ${failed} of which failed`;
  const missing =
    unproved.length === 0 ? '' : ` · ${counted(unproved.length, 'run')} without a proof${ofThem}`;
  return `${verdict.toUpperCase()}: ${counts}${unread}${missing}`;
}

/** From the first window to the last, and all that was asked for; windows that began before are in it whole. */
function periodOf(digests: readonly ProofDigest[], { sinceMs, untilMs }: SummaryRange): TimeSpan | null {
  const opened = [sinceMs, digests[0]?.openedMs ?? null].filter((ms) => ms !== null);
  if (opened.length === 0) return null;
  const fromMs = Math.min(...opened);
  const toMs = digests.reduce((latest, { closedMs }) => Math.max(latest, closedMs), untilMs ?? fromMs);
  return { fromMs, toMs };
}

const spansOf = (digests: readonly ProofDigest[]): TimeSpan[] =>
  digests.map(({ openedMs, closedMs }) => ({ fromMs: openedMs, toMs: closedMs }));

function longestGap(digests: readonly ProofDigest[], period: TimeSpan): TimeSpan | null {
  const gaps = outside(period, spansOf(digests));
  return gaps.find((gap) => gap.toMs - gap.fromMs === longestMs(gaps)) ?? null;
}

function longestExcluded(digests: readonly ProofDigest[]): ProofSummary['longestExcludedPeriod'] {
  let longest: ProofSummary['longestExcludedPeriod'] = null;
  for (const { excludedPeriod, path } of digests) {
    if (excludedPeriod === null || excludedPeriod.max <= (longest?.seconds ?? 0)) continue;
    longest = { seconds: excludedPeriod.max, confidence: excludedPeriod.confidence, path };
  }
  return longest;
}

function notWatchedIn(digests: readonly ProofDigest[]): ProofSummary['notWatched'] {
  const counts = new Map<string, number>();
  for (const { notWatched } of digests) {
    for (const what of new Set(notWatched)) counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts]
    .map(([what, windows]) => ({ what, windows }))
    .sort((a, b) => b.windows - a.windows || (a.what < b.what ? -1 : 1))
    .slice(0, MAX_NOT_WATCHED);
}

function grouped(
  digests: readonly ProofDigest[],
  keyOf: (digest: ProofDigest) => string,
): Map<string, ProofDigest[]> {
  const groups = new Map<string, ProofDigest[]>();
  for (const digest of digests) {
    const key = keyOf(digest);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [digest]);
    else group.push(digest);
  }
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}
