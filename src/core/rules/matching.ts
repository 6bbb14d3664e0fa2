import type { Activity } from '../../model/activity.ts';
import type { Tier } from '../../model/collector.ts';
import { coverTicks } from '../coverage/coverage.ts';
import { type Excuse, excusedBy } from './causes.ts';
import type { Claim } from './claim.ts';
import { isGiven, type Source, sourceOfActivity } from './doubts/collector.ts';
import { unknownColumns } from './doubts/columns.ts';
import { doubtfulStamps } from './doubts/events.ts';
import { doubtfulKeepalives, namesKeepalives } from './doubts/keepalives.ts';
import { mayMatch } from './doubts/possible.ts';
import { type Sampling, samplingOf, untouchedAccepts } from './doubts/sampling.ts';
import { neverVisible } from './doubts/visibility.ts';
import { windowDoubts } from './doubts/window.ts';
import { activityTable, type ActivityTable } from './activity-table.ts';
import { type Excused, applyExceptions } from './exceptions.ts';
import { compileMatch } from './match.ts';
import type { ActivityRule } from './pack.ts';
import { unlessOf } from './rule-and-pack.ts';
import { TRUTH } from './truth.ts';

/** What a rule about activities has to go by, whatever it makes of it. */
export interface Matching extends Excused {
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
 * doubt that these were all. null: the user named no source for them.
 */
export function matchingIn(claim: Claim<ActivityRule>): Matching | null {
  const { evidence, window, target, rule } = claim;
  if (!isGiven(evidence, target, rule.activity)) return null;
  const source = sourceOfActivity(claim, rule.activity);
  const sampling = source.tier === 'sampled' ? samplingOf(claim) : null;
  const table = activityTable(evidence, window, rule.activity, isTold(source) ? isSilent : null);
  const own = table.rowsOf(target);
  const match = compileMatch(rule.activity, rule.match);
  const truths = match.over(table);
  const matched = own.filter((row) => truths[row] === TRUTH.yes);
  const excuses = unlessOf(rule, claim.pack).map((unless) => excusedBy(unless, evidence));
  const { left, doubtful } = withoutExcused(excuses, table, matched);
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
    ...(doubtful > 0 ? ['some activity is excused only by a cause whose time is doubtful'] : []),
  ];
  const isWhole = doubts.length === 0 && coverTicks(evidence, window).share === 1;
  const stamps = doubtfulStamps(claim, table, own);
  const applied = applyExceptions(claim, { table, truths, rows: left }, isWhole);
  return {
    ...applied,
    excused: matched.length - doubtful - applied.remaining.length,
    source,
    tier: tierOf(claim, source, sampling),
    doubts: stamps === null ? doubts : [...doubts, stamps],
    accepted: sampling?.accepted ?? null,
  };
}

/** A trace that missed nothing tells each datagram by itself. */
function isTold({ collector, tier, doubts }: Source): boolean {
  return collector === 'trace' && tier === 'zero-miss' && doubts.length === 0;
}

/** To connect a datagram socket sends nothing. The socket tables tell of it, since datagrams may have gone on it. */
function isSilent(activity: Activity): boolean {
  if (activity.kind !== 'network') return false;
  return activity.collector === 'sockets' && activity.protocol === 'udp' && activity.op === 'connect';
}

function tierOf({ rule }: Claim<ActivityRule>, { tier }: Source, sampling: Sampling | null): Source['tier'] {
  const known = sampling?.tier ?? tier;
  return known === 'zero-miss' && namesKeepalives(rule) ? 'counter' : known;
}

/** Takes away what a cause excuses; `doubtful` counts what only a cause with a doubtful time does. */
function withoutExcused(
  excuses: readonly Excuse[],
  { rows }: ActivityTable,
  matched: readonly number[],
): { left: readonly number[]; doubtful: number } {
  if (excuses.length === 0) return { left: matched, doubtful: 0 };
  const left: number[] = [];
  let doubtful = 0;
  for (const row of matched) {
    const activity = rows[row];
    const found = activity === undefined ? [] : excuses.map((excuse) => excuse(activity));
    if (found.includes('certain')) continue;
    if (found.includes('doubtful')) doubtful += 1;
    else left.push(row);
  }
  return { left, doubtful };
}
