import type { ActivityKind } from '../../model/activity.ts';
import { METRICS } from '../derive/metrics.ts';
import { parseDurationMs } from '../parse/duration.ts';
import { checkMeasured, checkMetricRule } from './check-numbers.ts';
import { FIELDS, fieldOf } from './fields.ts';
import { compileMatch } from './match.ts';
import type { Problem } from './problem.ts';
import {
  type ActivityRule,
  type DeadlineRule,
  type Exception,
  isAboutActivities,
  type Match,
  type PackDocument,
  type PeriodicityRule,
  type Rule,
  type Unless,
} from './pack.ts';

type Path = readonly (string | number)[];

/** What is wrong with a pack of the right shape: ids that are there twice, and what checkRule finds. */
export function checkPack(pack: PackDocument): Problem[] {
  return [
    ...(pack.rules.length === 0 ? [{ path: ['rules'], message: 'there is no rule' }] : []),
    ...duplicateIds(pack),
    ...(pack.except ?? []).flatMap((exception, index) =>
      checkException(exception.activity, exception, ['except', index]),
    ),
    ...(pack.unless ?? []).flatMap((unless, index) => checkUnless(unless, ['unless', index])),
    ...pack.rules.flatMap((rule, index) => checkRule(rule, ['rules', index])),
  ];
}

/** What is wrong with a rule of the right shape: metrics, fields, modifiers, values and units that do not exist. */
export function checkRule(rule: Rule, path: Path): Problem[] {
  switch (rule.kind) {
    case 'threshold':
    case 'trend':
      return checkMetricRule(rule, path);
    case 'deadline':
      return [...checkMetricRule(rule, path), ...checkDeadline(rule, path)];
    case 'measurement':
    case 'regression':
      return checkMeasured(rule, path);
    case 'periodicity':
      return [
        ...checkPeriodicity(rule, path),
        ...(isAboutActivities(rule) ? checkActivities(rule, path) : []),
      ];
    default:
      return checkActivities(rule, path);
  }
}

function duplicateIds({ rules }: PackDocument): Problem[] {
  return rules.flatMap(({ id }, index) =>
    rules.findIndex((other) => other.id === id) < index
      ? [{ path: ['rules', index, 'id'], message: `there is another rule with the id «${id}»` }]
      : [],
  );
}

function checkActivities(rule: ActivityRule, path: Path): Problem[] {
  const { activity } = rule;
  return [
    ...(rule.match === undefined ? [] : checkMatch(activity, rule.match, [...path, 'match'])),
    ...(rule.unless === undefined ? [] : checkUnless(rule.unless, [...path, 'unless'])),
    ...(rule.except ?? []).flatMap((exception, index) =>
      checkException(activity, exception, [...path, 'except', index]),
    ),
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

function checkDeadline({ after, within }: DeadlineRule, path: Path): Problem[] {
  const durationMs = parseDurationMs(within);
  return [
    ...(after.match === undefined
      ? []
      : checkMatch(after.activity, after.match, [...path, 'after', 'match'])),
    ...(durationMs === null && !/^\{.*\}$/.test(within)
      ? [{ path: [...path, 'within'], message: `«${within}» is not a duration such as 30s or 5m` }]
      : []),
  ];
}

/** Metrics whose bursts can be told one by one. */
const BURSTS: readonly string[] = ['wakeups.rate'];

const OF_ACTIVITIES = ['match', 'unless', 'except', 'groupBy'] as const;

function checkPeriodicity(rule: PeriodicityRule, path: Path): Problem[] {
  const { activity, metric, period } = rule;
  const problems: Problem[] = [];
  if ((activity === undefined) === (metric === undefined)) {
    const given = activity === undefined ? 'neither is there' : 'both are there';
    problems.push({ path: [...path], message: `needs either \`activity\` or \`metric\`; ${given}` });
  } else if (metric !== undefined) {
    if (!BURSTS.includes(metric)) {
      const message = METRICS.has(metric)
        ? `bursts of ${metric} cannot be told one by one`
        : `«${metric}» is not a metric`;
      problems.push({ path: [...path, 'metric'], message, value: metric, candidates: BURSTS });
    }
    for (const key of OF_ACTIVITIES.filter((one) => rule[one] !== undefined)) {
      problems.push({ path: [...path, key], at: 'key', message: `a rule about a metric has no \`${key}\`` });
    }
  }
  const minMs = parseDurationMs(period.min ?? '') ?? 0;
  const maxMs = parseDurationMs(period.max) ?? Number.POSITIVE_INFINITY;
  if (minMs >= maxMs) {
    const message = `leaves no period between ${period.min ?? '0s'} and ${period.max}`;
    problems.push({ path: [...path, 'period', 'max'], message });
  }
  return problems;
}

/** What `rules suggest` writes, and people who mean to come back. */
const PLACEHOLDER = /^\W*(?:todo|tbd|fixme|xxx)\b/i;

/** An allowlist stays true only if an entry that is no longer used is noticed. */
function checkException(
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

function checkUnless({ after }: Unless, path: Path): Problem[] {
  return after.match === undefined
    ? []
    : checkMatch(after.activity, after.match, [...path, 'after', 'match']);
}

function checkMatch(activity: ActivityKind, match: Match, path: Path): Problem[] {
  return compileMatch(activity, match).problems.map((problem) => ({
    ...problem,
    path: [...path, ...problem.path],
  }));
}
