import type { ActivityKind } from '../../model/activity.ts';
import { whereAllIsExcused } from './excuses-all.ts';
import { ACTIVITIES, FIELDS, fieldOf } from './fields.ts';
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

/** What is wrong with a rule about activities: its match, what excuses them, and how findings are grouped. */
export function checkActivities(rule: ActivityRule, path: Path): Problem[] {
  const { activity } = rule;
  return [
    ...(rule.match === undefined ? [] : checkMatch(activity, rule.match, [...path, 'match'])),
    ...(rule.unless === undefined ? [] : checkCause(rule.unless.after, [...path, 'unless', 'after'])),
    ...(rule.except ?? []).flatMap((exception, index) =>
      checkException(activity, exception, [...path, 'except', index]),
    ),
    ...tooBroad(rule, path),
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

/** What excuses everything turns the rule off, and nobody who reads that it passed would know. */
function tooBroad(rule: ActivityRule, path: Path): Problem[] {
  const index = whereAllIsExcused(rule, rule.except ?? []);
  return index < 0 ? [] : [{ path: [...path, 'except', index, 'match'], message: EXCUSES_ALL }];
}

/** The same for exceptions of a whole pack: some rule must be left that can fail. */
export function checkPackExceptions({ rules, except = [] }: PackDocument): Problem[] {
  return ACTIVITIES.flatMap((activity) => {
    const exceptions = except.filter((one) => one.activity === activity);
    const concerned = rules.filter(
      (rule): rule is ActivityRule =>
        isAboutActivities(rule) && rule.activity === activity && rule.severity === 'error',
    );
    const found = concerned.map((rule) => whereAllIsExcused(rule, exceptions));
    const last = exceptions[Math.max(...found)];
    if (last === undefined || found.includes(-1)) return [];
    return [{ path: ['except', except.indexOf(last), 'match'], message: EXCUSES_ALL }];
  });
}

const EXCUSES_ALL =
  'excuses everything that is looked for, so that nothing could ever fail; narrow it, or give it a `maxCount`';

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
