import { collectorGaps, shareOutside } from '../../coverage/coverage.ts';
import { lifetimes, livedIn } from '../../derive/lifetimes.ts';
import { longestMs, partInside, union } from '../../derive/spans.ts';
import { loopGaps, MAX_GAP_TICKS } from '../../derive/timeline.ts';
import type { CollectorName } from '../../../model/collector.ts';
import type { TimeSpan } from '../../../model/time.ts';
import { parseDurationMs } from '../../parse/duration.ts';
import type { Claim } from '../claim.ts';
import { short, spell } from '../../wording/amounts.ts';
import { type Source, whyMissing } from './collector.ts';

/** Why a window cannot carry a claim, one reason a function; null where it can. */
type Doubt = (claim: Claim, source: Source) => string | null;

const MIN_DURATION_MS = 10_000;

const tooShort: Doubt = ({ window, rule, evidence }) => {
  const byDefault = window.minDurationMs ?? (window.kind === 'stop' ? 0 : MIN_DURATION_MS);
  const ruleMs =
    rule.minDuration === undefined ? byDefault : (parseDurationMs(rule.minDuration) ?? byDefault);
  const minMs = Math.max(ruleMs, window.minDurationMs ?? 0);
  const durationMs = window.toMs - window.fromMs;
  if (durationMs <= 0 && window.kind !== 'stop') return 'the window had no duration';
  if (durationMs >= minMs - evidence.run.tickMs / 4) return null;
  return `the window lasted ${spell(durationMs)}, and ${ruleMs < minMs ? 'it' : 'the rule'} needs ${spell(minMs)}`;
};

/** When nobody looked, or the collector that a claim rests on failed. */
export const gapsOf = (
  { evidence, target, window }: Claim,
  { collector }: Pick<Source, 'collector'>,
): TimeSpan[] => [...loopGaps(evidence, window), ...collectorGaps(evidence, collector, target, window)];

const poorlyCovered: Doubt = (claim, source) => {
  const share = shareOutside(gapsOf(claim, source), claim.window);
  if (share >= claim.rule.minCoverage) return null;
  return `only ${short(share * 100)} % of the window was looked at, and the rule needs ${short(claim.rule.minCoverage * 100)} %`;
};

const longGap: Doubt = (claim, source) => {
  const longest = longestMs(union(gapsOf(claim, source)));
  if (longest <= MAX_GAP_TICKS * claim.evidence.run.tickMs) return null;
  return `nothing was looked at for ${spell(longest)} at a stretch`;
};

const heldUnknown = (target: string): string =>
  `whether ${target} was stopped, frozen or held back is not known`;

/** They tell what happened in their place, whoever did it. */
const OF_NOBODY: ReadonlySet<CollectorName> = new Set(['events', 'logs', 'files']);

const disturbed: Doubt = ({ evidence, target, window }, { collector }) => {
  // A target that is being stopped is expected to go away.
  const relevant = evidence.disturbances.filter(
    (one) =>
      one.target === target &&
      !(window.kind === 'stop' && one.kind === 'absent') &&
      !(one.kind === 'joined' && OF_NOBODY.has(collector)) &&
      partInside(one, window, evidence.run.tickMs) !== null,
  );
  const [first] = relevant;
  if (first === undefined) return null;
  const others = relevant.length > 1 ? ` (and ${relevant.length - 1} more)` : '';
  const was = first.kind === 'unobserved' ? heldUnknown(target) : `${target} was ${first.kind}`;
  return `${was}${first.detail === '' ? '' : `: ${first.detail}`}${others}`;
};

/** The collector that would have told of a target that was held did not look at any. */
const unobserved: Doubt = ({ evidence, target, window }) => {
  const report = evidence.collectors.find(({ name }) => name === 'processes');
  const missing = report === undefined ? null : whyMissing(report);
  const gap = collectorGaps(evidence, 'processes', target, window).find((one) => one.target === null);
  const why = missing ?? gap?.reason ?? null;
  return why === null ? null : `${heldUnknown(target)}: ${why}`;
};

const hadNoProcess: Doubt = ({ evidence, target, window }) =>
  lifetimes(evidence, target).some((life) => livedIn(life, window))
    ? null
    : `${target} had no process in the window`;

const unsettled: Doubt = ({ window, target }) =>
  window.isSettled === false
    ? `the activity of ${target} had not died down ${spell(window.settleMs)} after the start, when the window had to open`
    : null;

const COVERAGE_DOUBTS: readonly Doubt[] = [poorlyCovered, longGap];

const WINDOW_DOUBTS: readonly Doubt[] = [
  tooShort,
  poorlyCovered,
  longGap,
  disturbed,
  unobserved,
  hadNoProcess,
  unsettled,
];

/** Why a part of a window was not looked at well enough. */
export function coverageDoubts(claim: Claim, source: Source): string[] {
  return COVERAGE_DOUBTS.flatMap((doubt) => doubt(claim, source) ?? []);
}

/** What makes a window worthless whatever a rule claims, after what makes the source of the claim so. */
export function windowDoubts(claim: Claim, source: Source): string[] {
  return [...source.doubts, ...WINDOW_DOUBTS.flatMap((doubt) => doubt(claim, source) ?? [])];
}
