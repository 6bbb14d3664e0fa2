import type { Activity, ActivityKind } from '../../model/activity.ts';
import type { CollectorName } from '../../model/collector.ts';
import { coverTicks } from '../coverage/coverage.ts';
import { type Excuse, excusedBy } from './causes.ts';
import type { Claim } from './claim.ts';
import { type Source, reportsOf, sourceOf } from './doubts/collector.ts';
import { unknownColumns } from './doubts/columns.ts';
import { doubtfulStamps } from './doubts/events.ts';
import { doubtfulKeepalives, namesKeepalives } from './doubts/keepalives.ts';
import { mayMatch } from './doubts/possible.ts';
import { type Sampling, samplingOf, untouchedAccepts } from './doubts/sampling.ts';
import { neverVisible } from './doubts/visibility.ts';
import { WINDOW_DOUBTS } from './doubts/window.ts';
import { applyExceptions } from './exceptions.ts';
import { exceptionFinding, findingsOf, measuredOf } from './findings.ts';
import { type Judgement, conclude } from './judgement.ts';
import { compileMatch } from './match.ts';
import { activitiesIn } from './membership.ts';
import { countAsOne } from './occurrences.ts';
import type { AbsenceRule } from './schema.ts';

/** The collectors that can carry an absence of each activity, best first. */
const COLLECTORS: Record<ActivityKind, readonly CollectorName[]> = {
  network: ['trace', 'sockets'],
  process: ['trace', 'processes'],
  event: ['events'],
  log: ['logs'],
  file: ['files'],
};

/** Judges that nothing matching happened in the window. */
export function judgeAbsence(claim: Claim<AbsenceRule>): Judgement {
  const { evidence, window, target, rule, actorOf } = claim;
  if (!isConfigured(claim)) return notApplicable(`no ${rule.activity} source was given for ${target}`);
  const source = sourceOf(claim, COLLECTORS[rule.activity]);
  const sampling = source.tier === 'sampled' ? samplingOf(claim) : null;
  const everything = activitiesIn(evidence, window, rule.activity, null).filter(
    (activity) => !isSilent(activity, source),
  );
  const own = everything.filter((activity) => activity.target === target);
  const match = compileMatch(rule.activity, rule.match);
  const matched = own.filter((activity) => match.matches(activity, actorOf(activity)));
  const excuses = excusesOf(claim);
  const { left, doubtful } = withoutExcused(excuses, matched);
  const unseen = neverVisible(claim, source);
  const untouched = source.collector === 'trace' ? untouchedAccepts(claim) : null;
  const keepalives = doubtfulKeepalives(claim);
  const possible = mayMatch(claim, match, own, excuses);
  const doubts = [
    ...source.doubts,
    ...WINDOW_DOUBTS.flatMap((doubt) => doubt(claim, source) ?? []),
    ...(sampling?.doubt == null ? [] : [sampling.doubt]),
    ...(unseen === null ? [] : [unseen]),
    ...(untouched === null ? [] : [untouched]),
    ...(keepalives === null ? [] : [keepalives]),
    ...unknownColumns(claim),
    ...(possible === null ? [] : [possible]),
    ...(doubtful > 0 ? ['some activity is excused only by a cause whose time is doubtful'] : []),
  ];
  const isWhole = doubts.length === 0 && coverTicks(evidence, window).share === 1;
  const { remaining, uses, broken } = applyExceptions(claim, left, everything, isWhole);
  const occurrences = countAsOne(remaining, evidence.run.tickMs);
  const findings = findingsOf(claim, occurrences);
  findings.push(...broken.map((use, index) => exceptionFinding(claim, use, findings.length + index + 1)));
  const stamps = doubtfulStamps(claim, own);
  return conclude(
    {
      measured: measuredOf(occurrences),
      expected: 'none',
      tier: tierOf(claim, source, sampling),
      exceptions: uses,
      findings,
    },
    stamps === null ? doubts : [...doubts, stamps],
    sampling?.accepted ?? null,
  );
}

/**
 * To connect a datagram socket sends nothing. The socket tables tell of it, since datagrams may have gone on it; a trace that
 * missed nothing tells each of them by itself.
 */
function isSilent(activity: Activity, { collector, tier, doubts }: Source): boolean {
  const isTold = collector === 'trace' && tier === 'zero-miss' && doubts.length === 0;
  if (!isTold || activity.kind !== 'network') return false;
  return activity.collector === 'sockets' && activity.protocol === 'udp' && activity.op === 'connect';
}

function tierOf({ rule }: Claim<AbsenceRule>, { tier }: Source, sampling: Sampling | null): Source['tier'] {
  const known = sampling?.tier ?? tier;
  return known === 'zero-miss' && namesKeepalives(rule) ? 'counter' : known;
}

/** Only a source that the user never named makes a rule not applicable; one that failed does not. */
function isConfigured(claim: Claim<AbsenceRule>): boolean {
  const { activity } = claim.rule;
  if (activity === 'network' || activity === 'process') return true;
  const report = claim.evidence.targets.find((one) => one.name === claim.target);
  if (activity === 'event' && report !== undefined && report.events !== null) return true;
  if (activity === 'file' && report?.files !== undefined && report.files.length > 0) return true;
  return COLLECTORS[activity].some((collector) => reportsOf(claim, collector).length > 0);
}

function notApplicable(reason: string): Judgement {
  return {
    verdict: 'notApplicable',
    measured: 'not watched',
    expected: 'none',
    reason,
    tier: null,
    exceptions: [],
    findings: [],
  };
}

/** The causes of a rule and those of its pack. */
function excusesOf({ evidence, pack, rule, actorOf }: Claim<AbsenceRule>): Excuse[] {
  const ofPack = (pack.unless ?? []).filter((unless) => unless.activity === rule.activity);
  return [...(rule.unless === undefined ? [] : [rule.unless]), ...ofPack].map((unless) =>
    excusedBy(unless, evidence, actorOf),
  );
}

/** Takes away what a cause excuses; `doubtful` counts what only a cause with a doubtful time does. */
function withoutExcused(
  excuses: readonly Excuse[],
  matched: readonly Activity[],
): { left: Activity[]; doubtful: number } {
  const left: Activity[] = [];
  let doubtful = 0;
  for (const activity of matched) {
    const found = new Set(excuses.map((excuse) => excuse(activity)));
    if (found.has('certain')) continue;
    if (found.has('doubtful')) doubtful += 1;
    else left.push(activity);
  }
  return { left, doubtful };
}
