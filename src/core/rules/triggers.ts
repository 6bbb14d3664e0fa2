import { activitiesOf } from '../derive/activities-of.ts';
import { once } from '../derive/once.ts';
import { isUnsure } from './causes.ts';
import type { Claim } from './claim.ts';
import { isGiven, sourceOfActivity } from './doubts/collector.ts';
import { compileMatch } from './match.ts';
import type { Cause, DeadlineRule } from './pack.ts';

/** What the evidence tells of the triggers of a deadline, of any target, before the window too. */
export interface Triggers {
  /** Up to the window's end, in order of time; null: nothing of that kind is watched anywhere. */
  timesMs: number[] | null;
  /** Why there may have been others. */
  missed: string | null;
  /** Why their times are not to be believed. */
  doubtful: string | null;
}

/** When what a deadline follows happened; found once for each window. */
export function triggersOf(claim: Claim<DeadlineRule>): Triggers {
  const { evidence, window, rule } = claim;
  return once(evidence, triggersOf, JSON.stringify([rule.after, window]), () => findTriggers(claim));
}

function findTriggers(claim: Claim<DeadlineRule>): Triggers {
  const { evidence, window, rule, actorOf } = claim;
  const { activity, match } = rule.after;
  const watched = evidence.targets
    .map(({ name }) => name)
    .filter((name) => isGiven(evidence, name, activity));
  if (watched.length === 0) return { timesMs: null, missed: null, doubtful: null };
  const { matches, test } = compileMatch(activity, match);
  const before = activitiesOf(evidence, activity).filter((one) => one.atMs <= window.toMs);
  const found = before.filter((one) => matches(one, actorOf(one)));
  const isOpen = before.some((one) => test(one, actorOf(one)) === 'unknown');
  return {
    timesMs: found.map(({ atMs }) => atMs).sort((a, b) => a - b),
    missed: isOpen ? `another ${activity} may have been a trigger` : whyMissed(claim, watched),
    doubtful: found.some(isUnsure) ? `the time of a trigger is doubtful (${describe(rule.after)})` : null,
  };
}

function whyMissed(claim: Claim<DeadlineRule>, watched: readonly string[]): string | null {
  const { activity } = claim.rule.after;
  const sources = watched.map((target) => sourceOfActivity({ ...claim, target }, activity));
  const doubt = sources.flatMap(({ doubts }) => doubts).at(0);
  if (doubt !== undefined) return doubt;
  const isBrief = activity === 'network' || activity === 'process';
  return isBrief && sources.some(({ tier }) => tier === 'sampled')
    ? 'sampling does not see a trigger between two looks'
    : null;
}

/** `event with type llm_request`. */
export function describe({ activity, match }: Cause): string {
  const maps = match === undefined ? [] : [match].flat();
  const words = maps.map((map) =>
    Object.entries(map)
      .map(([key, values]) => `${key.replaceAll('|', ' ')} ${[values].flat().map(String).join(', ')}`)
      .join(' and '),
  );
  return words.length === 0 ? `any ${activity}` : `${activity} with ${words.join(', or ')}`.slice(0, 200);
}
