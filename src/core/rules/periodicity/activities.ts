import type { Activity, FieldValue } from '../../../model/activity.ts';
import type { Finding } from '../../../model/proof.ts';
import type { TimeSpan } from '../../../model/time.ts';
import { outside } from '../../derive/spans.ts';
import { parseDurationMs } from '../../parse/duration.ts';
import type { PeriodFinding } from '../../periodicity/finding.ts';
import type { Claim } from '../claim.ts';
import { gapsOf } from '../doubts/window.ts';
import { actorsIn, exceptionFinding, measuredOf, timesIn } from '../findings.ts';
import { conclude, type Judgement, notApplicable } from '../judgement.ts';
import { matchingIn } from '../matching.ts';
import { countAsOne, type Occurrence } from '../occurrences.ts';
import type { ActivityRule, PeriodicityRule } from '../pack.ts';
import { doing } from '../sentences.ts';
import { groupBySubject } from '../subjects.ts';
import { spell } from '../wording.ts';
import { eachOf } from './each.ts';
import { everySoOften, isConcerned, periodOf } from './period.ts';
import { expectedOf, reachOf, toldOf } from './reach.ts';
import { resolutionOf, whyTooCoarse } from './resolution.ts';
import { LEAST_EVENTS, searchPeriods } from './search.ts';
import { periodFinder } from './searched.ts';
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
  const { evidence, window, target, rule } = claim;
  const matching = matchingIn(claim);
  if (matching === null)
    return notApplicable(`no ${rule.activity} source was given for ${target}`, 'no period');
  const { remaining, uses, broken, tier, doubts, accepted } = matching;
  const exposure = outside(window, gapsOf(claim, matching.source));
  const beats = beatsAmong(claim, remaining, exposure);
  const reach = reachOf(claim, [exposure], remaining.length);
  const findings = findingsOf(claim, beats);
  findings.push(...broken.map((use, index) => exceptionFinding(claim, use, findings.length + index + 1)));
  const facts = {
    measured:
      beats.length > 0
        ? beats.map(({ period }) => `every ${spell(period.seconds * 1000)}`).join(', ')
        : measuredOf(countAsOne(remaining, evidence.run.tickMs)),
    expected: expectedOf(claim, reach, matching.excused > 0),
    tier,
    exceptions: uses,
    findings,
    periodsTold: toldOf(claim, reach, matching.excused > 0),
  };
  const leastMs = parseDurationMs(claim.rule.period.min ?? '') ?? 0;
  const coarse = whyTooCoarse(remaining, exposure, evidence.run.tickMs, leastMs);
  return conclude(facts, [...doubts, ...[reach.doubt, coarse].flatMap((doubt) => doubt ?? [])], accepted);
}

function beatsAmong(
  claim: RepeatClaim,
  activities: readonly Activity[],
  exposure: readonly TimeSpan[],
): Beat[] {
  const { rule, evidence } = claim;
  const groups = groupBySubject(claim, activities, (one) => one);
  const { tickMs } = evidence.run;
  // So few say nothing of their own stamps.
  const isFew = ({ members }: (typeof groups)[number]): boolean => members.length < LEAST_EVENTS;
  const commonMs = groups.some(isFew) ? resolutionOf(activities, tickMs) : 0;
  const series = groups.map((group) => ({
    timesMs: group.members.map(({ atMs }) => atMs),
    exposure,
    resolutionMs: isFew(group) ? commonMs : resolutionOf(group.members, tickMs),
  }));
  const { bySeries, together } = searchPeriods(series, rule.alpha, periodFinder(evidence));
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

function findingsOf(claim: RepeatClaim, beats: readonly Beat[]): Finding[] {
  // The same activities can have several periods.
  const known = new Map<readonly Activity[], readonly Occurrence[]>();
  return beats.map((beat, index) => {
    const { activities, period } = beat;
    const all = known.get(activities) ?? countAsOne(activities, claim.evidence.run.tickMs);
    known.set(activities, all);
    const beatTimes = new Set(period.beatsMs);
    const occurrences = all.filter((one) => one.activities.some(({ atMs }) => beatTimes.has(atMs)));
    return findingOf(claim, beat, occurrences, index + 1);
  });
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
