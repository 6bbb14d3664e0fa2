import type { ActivityKind } from '../../model/activity.ts';
import { AGGREGATES_OF, type Aggregate, METRICS, dimensionOf } from '../derive/metrics.ts';
import { parseDurationMs } from '../parse/duration.ts';
import { foregone, parseExpectation } from './expectation.ts';
import { FIELDS, fieldOf } from './fields.ts';
import { compileMatch } from './match.ts';
import type { Problem } from './problem.ts';
import {
  type ActivityRule,
  type Exception,
  isAboutActivities,
  type Match,
  type PackDocument,
  type PeriodicityRule,
  type Rule,
  type ThresholdRule,
  type Unless,
} from './pack.ts';

type Path = readonly (string | number)[];

/** What is wrong with a pack of the right shape: ids that are there twice, and what checkRule finds. */
export function checkPack(pack: PackDocument): Problem[] {
  return [
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
      return checkThreshold(rule, path);
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

function checkThreshold({ metric: name, expect }: ThresholdRule, path: Path): Problem[] {
  const metric = METRICS.get(name);
  if (metric === undefined) {
    const message = `«${name}» is not a metric`;
    return [{ path: [...path, 'metric'], message, value: name, candidates: [...METRICS.keys()] }];
  }
  const allowed = AGGREGATES_OF[metric.kind];
  return Object.entries(expect).flatMap(([key, text = '']): Problem[] => {
    const aggregate = key as Aggregate;
    if (!allowed.includes(aggregate)) {
      const message = `${aggregate} of ${name}, a ${metric.kind}, means nothing; use ${allowed.join(', ')}`;
      return [{ path: [...path, 'expect', aggregate], message, at: 'key' }];
    }
    const expectation = parseExpectation(text, dimensionOf(metric, aggregate));
    if (!('problem' in expectation)) {
      // A level can fall; nothing else that is measured is ever below 0.
      const mayBeNegative = metric.kind === 'gauge' && (aggregate === 'rate' || aggregate === 'delta');
      const outcome = mayBeNegative ? null : foregone(expectation);
      if (outcome === null) return [];
      const message = `«${text}» ${outcome} holds: ${aggregate} of ${name} is 0 or more`;
      return [{ path: [...path, 'expect', aggregate], message }];
    }
    const { problem, ...rest } = expectation;
    return [{ path: [...path, 'expect', aggregate], message: problem, ...rest }];
  });
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

/** An allowlist stays true only if an entry that is no longer used is noticed. */
function checkException(
  activity: ActivityKind,
  { match, every, optional }: Exception,
  path: Path,
): Problem[] {
  const isNoticed = every !== undefined || optional === true;
  const message = 'needs `every`, or `optional: true`: an exception that is never used must be noticed';
  return [
    ...(isNoticed ? [] : [{ path: [...path], message }]),
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
