import type { Activity, ActivityKind } from '../../model/activity.ts';
import type { WatchedProcess } from '../../model/process.ts';
import { type Condition, compileCondition } from './condition.ts';
import type { ConditionMap, Match } from './schema.ts';
import type { Problem } from './problem.ts';

/** Whether an activity of the right kind matches. */
export type Matcher = (activity: Activity, actor: WatchedProcess | null) => boolean;

interface Branch {
  conditions: Condition[];
  namesKeepalive: boolean;
}

/**
 * Compiles a match in Sigma's field matching: a map is AND, a list is OR. Without a match, everything of the activity
 * matches but keepalives, which have to be named.
 * @returns the matcher, and what is wrong with the match, with paths below it; a match with problems matches nothing
 */
export function compileMatch(
  kind: ActivityKind,
  match: Match | undefined,
): { matches: Matcher; problems: Problem[] } {
  if (match === undefined)
    return { matches: branchesTest(kind, [{ conditions: [], namesKeepalive: false }]), problems: [] };
  const problems: Problem[] = [];
  const isList = Array.isArray(match);
  const maps: readonly ConditionMap[] = isList ? match : [match];
  if (maps.length === 0) problems.push({ path: [], message: 'an empty list matches nothing' });
  const branches = maps.map((map, index) => compileBranch(kind, map, isList ? [index] : [], problems));
  return { matches: problems.length > 0 ? () => false : branchesTest(kind, branches), problems };
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
    const compiled = compileCondition(kind, key, values);
    if ('test' in compiled) conditions.push(compiled);
    else {
      for (const { problem, inValue, index, value, candidates } of compiled) {
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

function branchesTest(kind: ActivityKind, branches: readonly Branch[]): Matcher {
  return (activity, actor) => {
    if (activity.kind !== kind) return false;
    const isKeepalive = activity.kind === 'network' && activity.op === 'keepalive';
    return branches.some(
      ({ conditions, namesKeepalive }) =>
        (!isKeepalive || namesKeepalive) && conditions.every((condition) => condition.test(activity, actor)),
    );
  };
}
