import type { ActivityKind } from '../../model/activity.ts';
import { FIELDS, fieldOf } from './fields.ts';
import { compileMatch } from './match.ts';
import {
  type ActivityRule,
  type Cause,
  type Exception,
  isAboutActivities,
  type Match,
  type PackDocument,
} from './pack.ts';
import type { Path, Problem } from './problem.ts';
import { sayTooBroad, sharedTooBroad, tooBroadOf, withShared } from './too-broad/too-broad.ts';

/** What is wrong with a rule about activities: its match, what excuses them, and how findings are grouped. */
export function checkActivities(rule: ActivityRule, path: Path): Problem[] {
  const { activity } = rule;
  return [
    ...(rule.match === undefined ? [] : checkMatch(activity, rule.match, [...path, 'match'])),
    ...(rule.unless === undefined ? [] : checkCause(rule.unless.after, [...path, 'unless', 'after'])),
    ...(rule.except ?? []).flatMap((exception, index) =>
      checkException(activity, exception, [...path, 'except', index]),
    ),
    ...tooBroadOf(rule).map((found) => ({ path: [...path, ...found.path], message: sayTooBroad(found) })),
    ...(rule.groupBy ?? []).flatMap((name, index): Problem[] =>
      fieldOf(activity, name) === null
        ? [
            {
              path: [...path, 'groupBy', index],
              message: `«${name}» is not a field of ${activity}`,
              value: name,
              candidates: [...FIELDS[activity].keys()],
            },
          ]
        : [],
    ),
  ];
}

/** What `rules suggest` writes, and people who mean to come back. */
const PLACEHOLDER = /^\W*(?:todo|tbd|fixme|xxx)\b/i;

/** What is wrong with an exception. An allowlist stays true only if an entry that is no longer used is noticed. */
export function checkException(
  activity: ActivityKind,
  { match, reason, every, optional }: Exception,
  path: Path,
): Problem[] {
  const isNoticed = every !== undefined || optional === true;
  const message = 'needs `every`, or `optional: true`: an exception that is never used must be noticed';
  return [
    ...(isNoticed ? [] : [{ path: [...path], message }]),
    ...(PLACEHOLDER.test(reason)
      ? [{ path: [...path, 'reason'], message: 'say why this is allowed, in place of what stands for it' }]
      : []),
    ...checkMatch(activity, match, [...path, 'match']),
  ];
}

/** The same for exceptions of a whole pack, by themselves and together with those of its rules. */
export function checkPackExceptions(pack: PackDocument): Problem[] {
  const together = pack.rules.flatMap((rule, index) =>
    isAboutActivities(rule)
      ? withShared(rule, pack).map((found) => ({ ...found, path: ['rules', index, ...found.path] }))
      : [],
  );
  return [...sharedTooBroad(pack), ...together].map((found) => ({
    path: found.path,
    message: sayTooBroad(found),
  }));
}

/** What is wrong with a cause or a trigger. */
export function checkCause({ activity, match }: Cause, path: Path): Problem[] {
  return match === undefined ? [] : checkMatch(activity, match, [...path, 'match']);
}

function checkMatch(activity: ActivityKind, match: Match, path: Path): Problem[] {
  return compileMatch(activity, match).problems.map((problem) => ({
    ...problem,
    path: [...path, ...problem.path],
  }));
}
