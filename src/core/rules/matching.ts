import type { Tier } from '../../model/collector.ts';
import { coverTicks } from '../coverage/coverage.ts';
import { lazily, once } from '../derive/once.ts';
import { activityTable, type LeftOut, rowsThatAre } from './activity-table.ts';
import { EXCUSED, type Excuses, excusesOver } from './causes.ts';
import type { Claim } from './claim.ts';
import { TRUTH } from './conditions/truth.ts';
import { isGiven, type Source, sourceOfActivity } from './doubts/collector.ts';
import { unknownColumns } from './doubts/columns.ts';
import { doubtfulKeepalives, namesKeepalives } from './doubts/keepalives.ts';
import { unwatchedPaths } from './doubts/places.ts';
import { mayMatch } from './doubts/possible.ts';
import { type Sampling, samplingOf, untouchedAccepts } from './doubts/sampling.ts';
import { doubtfulStamps } from './doubts/stamps.ts';
import { neverVisible } from './doubts/visibility.ts';
import { windowDoubts } from './doubts/window.ts';
import { applyExceptions, type Excused, keeperOf } from './exceptions.ts';
import { DATA_PREFIX } from './fields.ts';
import { compileMatch } from './match.ts';
import { countAsOne, type Occurrence } from './occurrences.ts';
import type { ActivityRule, RulePack } from './pack.ts';
import { unlessOf } from './rule-and-pack.ts';

/** What a rule about activities has to go by, whatever it makes of it. */
export interface Matching extends Readonly<Excused> {
  /** What is left, with what counts as one joined. */
  occurrences: () => readonly Occurrence[];
  source: Source;
  tier: Tier;
  /** Activities that matched, and that a cause or an exception excuses. */
  excused: number;
  /** Why the evidence cannot carry that there was no more than this. */
  doubts: string[];
  /** What the user accepted, in words; null where nothing had to be. */
  accepted: string | null;
}

/**
 * The activities of a claim's target in its window that the rule matches and nothing excuses, with every reason to
 * doubt that these were all; made once for all rules that ask for the same, whatever they make of it. null: the user named no source
 * for them.
 */
export function matchingIn(claim: Claim<ActivityRule>): Matching | null {
  const deciding = decidingParts(claim);
  return once(claim.evidence, matchingIn, keyOf(deciding), () => findMatching({ ...claim, ...deciding }));
}

/** All of a claim that decides what matches, as text. */
export const matchingKey = (claim: Claim<ActivityRule>): string => keyOf(decidingParts(claim));

const keyOf = (deciding: Deciding): string => JSON.stringify(deciding);

/** What is no part of the evidence, nor found from it. */
type Deciding = Omit<Claim<ActivityRule>, 'evidence' | 'actorOf' | 'askForPeriods'>;

/**
 * All of a claim that decides what matches. Nothing but this is looked at to find it: a part that were left out here by mistake would be missing
 * for all rules, but rules that differ in it would never be taken for the same.
 */
function decidingParts({ rule, pack, window, target, acceptSampledMs }: Claim<ActivityRule>): Deciding {
  const { activity, match, except, unless, minDuration, minCoverage } = rule;
  const own = {
    activity,
    target: rule.target,
    match,
    except,
    unless,
    minDuration,
    minCoverage,
    // Whether what it groups by is there at all.
    groupBy: ownFields(rule),
  } as ActivityRule;
  const shared = (pack.except ?? []).filter((one) => one.activity === activity);
  const answersForPack = shared.length > 0 && rule === keeperOf(pack, rule);
  const ofPack = {
    except: shared,
    unless: (pack.unless ?? []).filter((one) => one.activity === activity),
    rules: answersForPack ? [own] : [],
  } as Partial<RulePack> as RulePack;
  return { rule: own, pack: ofPack, window, target, acceptSampledMs };
}

/** Fields of the app's own that a rule groups by; left out: none, so that all such rules are the same. */
function ownFields({ groupBy = [] }: ActivityRule): string[] | undefined {
  const names = groupBy.filter((name) => name.startsWith(DATA_PREFIX));
  return names.length === 0 ? undefined : names;
}

function findMatching(claim: Claim<ActivityRule>): Matching | null {
  const { evidence, window, target, rule } = claim;
  if (!isGiven(evidence, target, rule.activity)) return null;
  const source = sourceOfActivity(claim, rule.activity);
  const sampling = source.tier === 'sampled' ? samplingOf(claim) : null;
  const table = activityTable(evidence, window, rule.activity, isTold(source) ? SILENT_CONNECTS : null);
  const own = table.rowsOf(target);
  const match = compileMatch(rule.activity, rule.match);
  const truths = match.over(table);
  const matched = rowsThatAre(TRUTH.yes, truths, own);
  const unless = unlessOf(rule, claim.pack);
  const excuses = unless.length === 0 ? null : excusesOver(table, unless, evidence);
  const { left, doubtful } =
    excuses === null ? { left: matched, doubtful: 0 } : withoutExcused(excuses, matched);
  const doubts = [
    ...windowDoubts(claim, source),
    ...[
      sampling?.doubt ?? null,
      neverVisible(claim, source),
      source.collector === 'trace' ? untouchedAccepts(claim) : null,
      doubtfulKeepalives(claim),
      mayMatch(claim, match, { table, truths }, excuses),
    ].filter((doubt) => doubt !== null),
    ...unknownColumns(claim),
    ...unwatchedPaths(claim),
    ...(doubtful > 0 ? ['some activity is excused only by a cause whose time is doubtful'] : []),
  ];
  const isWhole = doubts.length === 0 && coverTicks(evidence, window).share === 1;
  const stamps = doubtfulStamps(claim, table, own);
  const applied = applyExceptions(
    claim,
    { table, truths, rows: left },
    (name) => isWhole && (name === target || isSeenWhole({ ...claim, target: name })),
  );
  return {
    ...applied,
    occurrences: lazily(() => countAsOne(applied.remaining, evidence.run.tickMs, claim.actorOf)),
    excused: matched.length - doubtful - applied.remaining.length,
    source,
    tier: tierOf(claim, source, sampling),
    doubts: [...doubts, ...(stamps === null ? [] : [stamps]), ...applied.uncounted],
    accepted: sampling?.accepted ?? null,
  };
}

/** Whether nothing that a target did can have been missed; of what is not watched of it nothing is asked. */
function isSeenWhole(claim: Claim<ActivityRule>): boolean {
  const { evidence, target, rule } = claim;
  if (!isGiven(evidence, target, rule.activity)) return true;
  const source = sourceOfActivity(claim, rule.activity);
  const sampling = source.tier === 'sampled' ? samplingOf(claim) : null;
  return (sampling?.doubt ?? null) === null && windowDoubts(claim, source).length === 0;
}

/** A trace that missed nothing tells each datagram by itself. */
function isTold({ collector, tier, doubts }: Source): boolean {
  return collector === 'trace' && tier === 'zero-miss' && doubts.length === 0;
}

/** To connect a datagram socket sends nothing. The socket tables tell of it, since datagrams may have gone on it. */
const SILENT_CONNECTS: LeftOut = {
  name: 'silent connects',
  has: (activity) =>
    activity.kind === 'network' &&
    activity.collector === 'sockets' &&
    activity.protocol === 'udp' &&
    activity.op === 'connect',
};

function tierOf({ rule }: Claim<ActivityRule>, { tier }: Source, sampling: Sampling | null): Source['tier'] {
  const known = sampling?.tier ?? tier;
  return known === 'zero-miss' && namesKeepalives(rule) ? 'counter' : known;
}

/** Takes away what a cause excuses; `doubtful` counts what only a cause with a doubtful time does. */
function withoutExcused(
  excuses: Excuses,
  matched: readonly number[],
): { left: readonly number[]; doubtful: number } {
  const left: number[] = [];
  let doubtful = 0;
  for (const row of matched) {
    if (excuses[row] === EXCUSED.no) left.push(row);
    else if (excuses[row] === EXCUSED.doubtful) doubtful += 1;
  }
  return { left, doubtful };
}
