import type { Activity, FieldValue } from '../../../model/activity.ts';
import type { Finding } from '../../../model/proof.ts';
import type { TimeSpan } from '../../../model/time.ts';
import { lazily, once } from '../../derive/once.ts';
import { outside } from '../../derive/spans.ts';
import { parseDurationMs } from '../../parse/duration.ts';
import type { PeriodFinding } from '../../periodicity/finding.ts';
import { timesOf } from '../activity-table.ts';
import type { Claim } from '../claim.ts';
import { atLeastOf } from '../doubts/collector.ts';
import { atLeastAmong, whyUncounted } from '../doubts/uncounted.ts';
import { gapsOf } from '../doubts/window.ts';
import { actorsIn, exceptionFinding, measuredOf, timesIn } from '../findings.ts';
import { conclude, type Judgement, notApplicable } from '../judgement.ts';
import { type Matching, matchingIn, matchingKey } from '../matching.ts';
import { countAsOne, type Occurrence } from '../occurrences.ts';
import type { ActivityRule, PeriodicityRule } from '../pack.ts';
import { doing } from '../sentences.ts';
import { type Group, groupBySubject } from '../subjects.ts';
import { spell } from '../../wording/amounts.ts';
import { eachOf } from './each.ts';
import { everySoOften, hasShorter, isConcerned, periodOf } from './period.ts';
import { expectedOf, reachOf, toldOf } from './reach.ts';
import { resolutionOf, whyTooCoarse } from './resolution.ts';
import { type EventSeries, type FoundPeriods, LEAST_EVENTS, searchPeriods } from './search.ts';
import { sleepBetween } from './sleep.ts';

export type RepeatClaim = Claim<PeriodicityRule & ActivityRule>;

/** A period, and in what it was found. */
interface Beat {
  subject: Record<string, FieldValue>;
  /** All events among which it was found, in order of time. */
  activities: readonly Activity[];
  period: PeriodFinding;
  isTogether: boolean;
}

/** Judges that no matching activities repeat: not those of one subject, nor all the others together. */
export function judgeRepeats(claim: RepeatClaim): Judgement {
  const { target, rule } = claim;
  const matching = matchingIn(claim);
  if (matching === null)
    return notApplicable(`no ${rule.activity} source was given for ${target}`, 'no period');
  const { remaining } = matching;
  const grouped = groupedIn(claim, matching);
  const periods = searchPeriods(grouped.series, rule.alpha, claim.askForPeriods);
  const beats = beatsAmong(claim, remaining, grouped.groups, periods);
  return judgeBeats(claim, matching, grouped, beats, periods);
}

/** Activities that match, by what the rule tells apart. */
interface Grouped {
  exposure: TimeSpan[];
  groups: Group<Activity>[];
  series: EventSeries[];
  /** Of all of them together. */
  resolutionMs: () => number;
}

/** Made once for all rules that ask for the same periods, be they of other lengths. */
function groupedIn(claim: RepeatClaim, { remaining, source }: Matching): Grouped {
  const { evidence, window, rule } = claim;
  const of = `${JSON.stringify(rule.groupBy)} ${matchingKey(claim)}`;
  return once(evidence, groupedIn, of, () => {
    const exposure = outside(window, gapsOf(claim, source));
    const groups = groupBySubject(claim, remaining, (one) => one);
    const { tickMs } = evidence.run;
    const resolutionMs = lazily(() => resolutionOf(remaining, tickMs));
    return { exposure, groups, series: seriesOf(groups, exposure, tickMs, resolutionMs), resolutionMs };
  });
}

function judgeBeats(
  claim: RepeatClaim,
  matching: Matching,
  { exposure, resolutionMs }: Grouped,
  beats: readonly Beat[],
  periods: FoundPeriods,
): Judgement {
  const { remaining, uses, broken, tier, doubts, accepted } = matching;
  const reach = reachOf(claim, [exposure], remaining.length, periods);
  const { evidence } = claim;
  const atLeast =
    atLeastOf(claim, claim.rule.activity, matching.source) || atLeastAmong(evidence, matching.occurrences());
  const findings = findingsOf(claim, matching, beats);
  findings.push(...broken.map((use, index) => exceptionFinding(claim, use, findings.length + index + 1)));
  const facts = {
    measured:
      beats.length > 0
        ? beats.map(({ period }) => `every ${spell(period.seconds * 1000)}`).join(', ')
        : measuredOf(claim, matching.occurrences(), atLeast),
    expected: expectedOf(claim, reach, {
      butExcused: matching.excused > 0,
      butMultiples: hasShorter(claim.rule, periods),
      isBroken: beats.length > 0,
    }),
    tier,
    exceptions: uses,
    findings,
    periodsTold: toldOf(claim, reach, matching.excused > 0),
  };
  const leastMs = parseDurationMs(claim.rule.period.min ?? '') ?? 0;
  const coarse = whyTooCoarse(remaining, exposure, resolutionMs(), leastMs);
  const uncounted = whyUncounted(evidence, remaining, exposure, leastMs);
  const more = [reach.doubt, coarse, uncounted].filter((doubt) => doubt !== null);
  return conclude(facts, [...doubts, ...more], accepted);
}

/** So few say nothing of their own stamps. */
const isFew = ({ members }: Group<Activity>): boolean => members.length < LEAST_EVENTS;

function seriesOf(
  groups: readonly Group<Activity>[],
  exposure: readonly TimeSpan[],
  tickMs: number,
  commonMs: () => number,
): EventSeries[] {
  return groups.map((group) => ({
    timesMs: timesOf(group.members),
    exposure,
    resolutionMs: isFew(group) ? commonMs() : resolutionOf(group.members, tickMs),
  }));
}

function beatsAmong(
  { rule }: RepeatClaim,
  activities: readonly Activity[],
  groups: readonly Group<Activity>[],
  { bySeries, together }: FoundPeriods,
): Beat[] {
  const own = groups.flatMap(({ subject, members }, index) =>
    (bySeries.get(index) ?? [])
      .filter((period) => isConcerned(rule, period))
      .map((period) => ({ subject, activities: members, period, isTogether: false })),
  );
  const others = together.filter((period) => isConcerned(rule, period));
  if (others.length === 0) return own;
  const inOwn = new Set([...bySeries.keys()].flatMap((index) => groups[index]?.members ?? []));
  const rest = inOwn.size === 0 ? activities : activities.filter((one) => !inOwn.has(one));
  return [...own, ...others.map((period) => ({ subject: {}, activities: rest, period, isTogether: true }))];
}

function findingsOf(
  claim: RepeatClaim,
  { remaining, occurrences }: Matching,
  beats: readonly Beat[],
): Finding[] {
  // The same activities can have several periods.
  const known = new Map<readonly Activity[], readonly Occurrence[]>();
  return beats.map((beat, index) => {
    const { activities, period } = beat;
    const all =
      activities === remaining
        ? occurrences()
        : (known.get(activities) ?? countAsOne(activities, claim.evidence.run.tickMs, claim.actorOf));
    known.set(activities, all);
    return findingOf(claim, beat, beatsIn(all, period.beatsMs), index + 1);
  });
}

/** The occurrences that beats are of; a period keeps only its first ones. */
function beatsIn(occurrences: readonly Occurrence[], beatsMs: readonly number[]): Occurrence[] {
  const isBeat = new Set(beatsMs);
  const lastMs = beatsMs.at(-1) ?? Number.NEGATIVE_INFINITY;
  const found: Occurrence[] = [];
  // They are in order of time, and so are their activities.
  for (const one of occurrences) {
    const [first] = one.activities;
    if (first === undefined || first.atMs > lastMs) break;
    if (one.activities.some(({ atMs }) => isBeat.has(atMs))) found.push(one);
  }
  return found;
}

/** @param occurrences those of the beats */
function findingOf(
  claim: RepeatClaim,
  { subject, period, isTogether }: Beat,
  occurrences: readonly Occurrence[],
  number: number,
): Finding {
  const { rule, target, evidence } = claim;
  const { actors, processes } = actorsIn(claim, occurrences);
  const sleep = sleepBetween(claim, processes, actors, period.seconds * 1000);
  const and = isTogether ? ' and others like it, together' : '';
  return {
    id: `${rule.id}/${target}/${number}`,
    ruleId: rule.id,
    target,
    kind: rule.kind,
    subject,
    count: period.beats,
    ...timesIn(evidence, occurrences),
    period: periodOf(period),
    actors,
    cause: sleep?.cause ?? null,
    text: `${doing(occurrences, processes)}${and} ${everySoOften(period)}${eachOf(occurrences)}${sleep === null ? '' : `; ${sleep.text}`}`,
  };
}
