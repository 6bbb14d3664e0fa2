import type { Activity, ActivityKind } from '../../model/activity.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { type Condition, compileCondition } from './condition.ts';
import { type Truth, allOf, anyOf } from './truth.ts';
import type { ConditionMap, Match } from './pack.ts';
import type { Problem } from './problem.ts';

/** Asks something of an activity and who acted. */
type Question<T> = (activity: Activity, actor: WatchedProcess | null) => T;

/** Whether an activity of the right kind matches for certain. */
export type Matcher = Question<boolean>;

export interface CompiledMatch {
  test: Question<Truth>;
  matches: Matcher;
  /** What keeps an activity from matching for certain, in words: «process.name is not known». */
  whyUnknown: Question<string[]>;
  /** What is wrong with the match, with paths below it. */
  problems: Problem[];
}

interface Branch {
  conditions: Condition[];
  namesKeepalive: boolean;
}

/**
 * Compiles a match in Sigma's field matching: a map is AND, a list is OR. Without a match, everything of the activity
 * matches but keepalives, which have to be named.
 * A match with problems matches nothing.
 */
export function compileMatch(kind: ActivityKind, match: Match | undefined): CompiledMatch {
  if (match === undefined) return compiled(kind, [{ conditions: [], namesKeepalive: false }], []);
  const problems: Problem[] = [];
  const isList = Array.isArray(match);
  const maps: readonly ConditionMap[] = isList ? match : [match];
  if (maps.length === 0) problems.push({ path: [], message: 'an empty list matches nothing' });
  const branches = maps.map((map, index) => compileBranch(kind, map, isList ? [index] : [], problems));
  return compiled(kind, problems.length > 0 ? [] : branches, problems);
}

function compileBranch(
  kind: ActivityKind,
  map: ConditionMap,
  path: readonly (string | number)[],
  problems: Problem[],
): Branch {
  const conditions: Condition[] = [];
  const entries = Object.entries(map);
  if (entries.length === 0)
    problems.push({ path: [...path], message: 'an empty match would match everything' });
  for (const [key, values] of entries) {
    const condition = compileCondition(kind, key, values);
    if ('test' in condition) conditions.push(condition);
    else {
      for (const { problem, inValue, index, value, candidates } of condition) {
        problems.push({
          path: [...path, key, ...(index === undefined ? [] : [index])],
          message: problem,
          at: inValue ? 'value' : 'key',
          ...(value === undefined ? {} : { value }),
          ...(candidates === undefined ? {} : { candidates }),
        });
      }
    }
  }
  return { conditions, namesKeepalive: conditions.some((condition) => condition.namesKeepalive) };
}

function compiled(kind: ActivityKind, branches: readonly Branch[], problems: Problem[]): CompiledMatch {
  const test: Question<Truth> = (activity, actor) =>
    anyOf(branches.map((branch) => branchTest(kind, branch, activity, actor)));
  return {
    test,
    matches: (activity, actor) => test(activity, actor) === 'yes',
    whyUnknown: (activity, actor) =>
      branches
        .filter((branch) => branchTest(kind, branch, activity, actor) === 'unknown')
        .flatMap(({ conditions }) => conditions.filter((one) => one.test(activity, actor) === 'unknown'))
        .map(({ field }) => {
          const isKnown = field.get(activity, actor) !== undefined;
          return `${field.name} is ${isKnown ? 'not wholly' : 'not'} known`;
        }),
    problems,
  };
}

function branchTest(
  kind: ActivityKind,
  { conditions, namesKeepalive }: Branch,
  activity: Activity,
  actor: WatchedProcess | null,
): Truth {
  if (activity.kind !== kind) return 'no';
  if (activity.kind === 'network' && activity.op === 'keepalive' && !namesKeepalive) return 'no';
  return allOf(conditions.map((condition) => condition.test(activity, actor)));
}
