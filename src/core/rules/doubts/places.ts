import type { TargetReport } from '../../../model/target.ts';
import type { Claim } from '../claim.ts';
import { pathValues } from '../path-values.ts';
import type { ActivityRule, Match } from '../pack.ts';
import { causesOf, exceptionsOf } from '../rule-and-pack.ts';

/** Paths that a rule, its exceptions or its causes name and that lie in no folder that was watched: whatever happened there, it was not seen. */
export function unwatchedPaths({ evidence, target, pack, rule }: Claim<ActivityRule>): string[] {
  const { match, except = [] } = rule;
  const own = rule.activity === 'file' ? [match, ...except.map((one) => one.match)] : [];
  const allowed = rule.activity === 'file' ? exceptionsOf(rule, pack) : [];
  const causes = causesOf(rule, pack).filter(({ activity }) => activity === 'file');
  // A rule for any target, and what a pack says for all its rules, may be about the folders of another one.
  const ofRule = evidence.targets.filter(({ name }) => rule.target === undefined || name === target);
  return [
    ...new Set([
      ...own.flatMap((one) => outOf(one, ofRule)),
      ...[...allowed, ...causes].flatMap((one) => outOf(one.match, evidence.targets)),
    ]),
  ];
}

/** Where nobody recorded which folders were watched, nothing is known to lie outside of them. */
function outOf(match: Match | undefined, targets: readonly TargetReport[]): string[] {
  const watching = targets.filter(({ files = [] }) => files.length > 0);
  const folders = watching.flatMap(({ folders: real }) => real ?? []);
  if (folders.length === 0 || watching.some(({ folders: real }) => real === undefined)) return [];
  return pathValues(match)
    .filter(({ canLieIn }) => !folders.some(canLieIn))
    .map(({ value }) => `${value} lies in no watched folder; watched: ${folders.join(', ')}`);
}
