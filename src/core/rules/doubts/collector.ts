import type { ActivityKind } from '../../../model/activity.ts';
import type { CollectorName, Tier } from '../../../model/collector.ts';
import type { CollectorReport, Evidence } from '../../../model/evidence.ts';
import { collectorGaps } from '../../coverage/coverage.ts';
import { worstTier } from '../../coverage/tiers.ts';
import type { Metric } from '../../derive/metrics.ts';
import { totalMs } from '../../derive/spans.ts';
import type { Claim } from '../claim.ts';
import { uncaught } from './controls.ts';
import { counted, spell } from '../../wording/amounts.ts';

/** The collector that a claim rests on, how it knew, and why it cannot carry the claim. */
export interface Source {
  collector: CollectorName;
  tier: Tier;
  doubts: string[];
}

/** The collectors that can carry a claim about each activity, best first. */
export const COLLECTORS: Record<ActivityKind, readonly CollectorName[]> = {
  network: ['trace', 'sockets'],
  process: ['trace', 'processes'],
  event: ['events'],
  log: ['logs'],
  file: ['files'],
};

/** What a claim about activities rests on. */
export function sourceOfActivity(claim: Claim, activity: ActivityKind): Source {
  return sourceOf(claim, COLLECTORS[activity], activity);
}

/** What a claim about a metric rests on; numbers of the network are sums over its activities. */
export function sourceOfMetric(claim: Claim, { collectors, source }: Metric): Source {
  return sourceOf(claim, collectors, source.of === 'network' ? 'network' : null);
}

/**
 * The first collector that was whole throughout the window; where none was, the last one that was there at all, with
 * its doubts. Another collector's evidence thereby closes the hole that one leaves.
 * @param collectors those that can carry the claim, best first
 * @param activity what they have to show, be it the watchdog's own; null: nothing that is planted
 */
export function sourceOf(
  claim: Claim,
  collectors: readonly CollectorName[],
  activity: ActivityKind | null,
): Source {
  const sources = collectors.flatMap((collector) => {
    const reports = reportsOf(claim, collector);
    if (reports.length === 0) return [];
    const doubts = [...reports.flatMap(reportDoubts), ...gapDoubts(claim, collector)];
    if (collector === 'trace' && activity !== null) doubts.push(...uncaught(claim, activity, 'trace'));
    return [{ collector, tier: worstTier(reports.map(({ tier }) => tier)), doubts }];
  });
  const whole = sources.find(({ doubts }) => doubts.length === 0);
  const fallback = collectors.at(-1) ?? 'processes';
  return (
    whole ?? sources.at(-1) ?? { collector: fallback, tier: 'sampled', doubts: [`${fallback}: not watched`] }
  );
}

/**
 * What stands before a count of activities that a claim rests on: «at least » where a collector that tells of them left some out, and
 * none was there that missed nothing.
 */
export function atLeastOf(claim: Claim, activity: ActivityKind, { tier, doubts }: Source): string {
  if (tier === 'zero-miss' && doubts.length === 0) return '';
  const isWhole = COLLECTORS[activity].every(
    (collector) =>
      reportsOf(claim, collector).every(({ status, lost }) => status !== 'partial' && lost === 0) &&
      gapDoubts(claim, collector).length === 0,
  );
  return isWhole ? '' : 'at least ';
}

/** What a collector reported for a claim's target. */
function reportsOf(
  { evidence, target }: Pick<Claim, 'evidence' | 'target'>,
  collector: CollectorName,
): CollectorReport[] {
  return evidence.collectors.filter(
    (report) => report.name === collector && (report.target === null || report.target === target),
  );
}

/** Only a source that the user never named makes a rule not applicable; one that failed does not. */
export function isGiven(evidence: Evidence, target: string, activity: ActivityKind): boolean {
  if (activity === 'network' || activity === 'process') return true;
  const report = evidence.targets.find((one) => one.name === target);
  if (activity === 'event' && report !== undefined && report.events !== null) return true;
  if (activity === 'file' && report?.files !== undefined && report.files.length > 0) return true;
  if (activity === 'log' && report?.logs !== undefined && report.logs.length > 0) return true;
  return COLLECTORS[activity].some((collector) => reportsOf({ evidence, target }, collector).length > 0);
}

/** Why a collector saw nothing at all; null: it saw something. */
export function whyMissing({ name, status, reason }: CollectorReport): string | null {
  return status === 'unavailable' ? `${name} was not available${because(reason)}` : null;
}

const because = (reason: string | null): string => (reason === null ? '' : `: ${reason}`);

/** Unavailable, partly blind, or lost records. */
function reportDoubts(report: CollectorReport): string[] {
  const { name, status, reason, lost } = report;
  return [
    whyMissing(report) ?? [],
    ...(status === 'partial' ? [`${name} did not see everything${because(reason)}`] : []),
    ...(lost > 0 ? [`${name} lost ${counted(lost, 'record')}`] : []),
  ].flat();
}

/** Failed for part of the window. */
function gapDoubts({ evidence, target, window }: Claim, collector: CollectorName): string[] {
  const gaps = collectorGaps(evidence, collector, target, window);
  const [first] = gaps;
  return first === undefined
    ? []
    : [`${collector} failed for ${spell(totalMs(gaps))} of the window: ${first.reason}`];
}
