import type { Activity, ActivityKind } from '../../model/activity.ts';
import type { WatchedProcess } from '../../model/process.ts';
import type { ActivityTable, Truths } from './activity-table.ts';
import { type Condition, compileCondition } from './conditions/condition.ts';
import { contradictionsIn } from './conditions/contradictions.ts';
import { allOf, anyOf, TRUTH, type Truth } from './conditions/truth.ts';
import { FIELDS, type Field, findField } from './fields.ts';
import type { ConditionMap, Match } from './pack.ts';
import type { Problem } from './problem.ts';

/** Asks something of an activity and who acted. */
type Question<T> = (activity: Activity, actor: WatchedProcess | null) => T;

/** Whether an activity of the right kind matches for certain. */
type Matcher = Question<boolean>;

export interface CompiledMatch {
  test: Question<Truth>;
  matches: Matcher;
  /** The same for all rows of a table of the right kind. */
  over: (table: ActivityTable) => Truths;
  /** What keeps an activity from matching for certain, in words: «process.name is not known». */
  whyUnknown: Question<string[]>;
  /** What is wrong with the match, with paths below it. */
  problems: Problem[];
}

/** All of these must hold. */
export type Branch = readonly Condition[];

/** What a map asks that names no keepalives: they are matched only where a rule names them. */
const NO_KEEPALIVE: Condition = {
  field: FIELDS.network.get('op') as Field,
  key: 'op',
  comparison: null,
  values: [],
  truthOf: (op) => (op === 'keepalive' ? 'no' : 'yes'),
  namesKeepalive: false,
};

/**
 * Compiles a match in Sigma's field matching: a map is AND, a list is OR. Without a match, everything of the activity
 * matches but keepalives, which have to be named.
 * A match with problems matches nothing.
 */
export function compileMatch(kind: ActivityKind, match: Match | undefined): CompiledMatch {
  if (match === undefined) return compiled(kind, [withoutKeepalives(kind, [])], []);
  const problems: Problem[] = [];
  const isList = Array.isArray(match);
  const maps: readonly ConditionMap[] = isList ? match : [match];
  if (maps.length === 0) problems.push({ path: [], message: 'an empty list matches nothing' });
  const branches = maps.map((map, index) => compileBranch(kind, map, isList ? [index] : [], problems));
  return compiled(kind, problems.length > 0 ? [] : branches, problems);
}

/** The maps of a match, of which one must hold; none where something is wrong with it. */
export function branchesOf(kind: ActivityKind, match: Match | undefined): Branch[] {
  const problems: Problem[] = [];
  const maps = match === undefined ? [] : [match].flat();
  const branches = maps.map((map) => compileBranch(kind, map, [], problems));
  if (match === undefined) return [withoutKeepalives(kind, [])];
  return problems.length > 0 ? [] : branches;
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
    if ('truthOf' in condition) conditions.push(condition);
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
  const branch = withoutKeepalives(kind, conditions);
  if (conditions.length < entries.length) return branch;
  for (const { key, problem } of contradictionsIn(kind, branch)) {
    problems.push({ path: [...path, key], message: problem });
  }
  return branch;
}

function withoutKeepalives(kind: ActivityKind, conditions: readonly Condition[]): Branch {
  const isNamed = kind !== 'network' || conditions.some(({ namesKeepalive }) => namesKeepalive);
  return isNamed ? conditions : [NO_KEEPALIVE, ...conditions];
}

function compiled(kind: ActivityKind, branches: readonly Branch[], problems: Problem[]): CompiledMatch {
  const truthOf = (branch: Branch, activity: Activity, actor: WatchedProcess | null): Truth =>
    activity.kind === kind ? allOf(branch.map((one) => conditionTruth(one, activity, actor))) : 'no';
  const test: Question<Truth> = (activity, actor) =>
    anyOf(branches.map((branch) => truthOf(branch, activity, actor)));
  return {
    test,
    matches: (activity, actor) => test(activity, actor) === 'yes',
    over: (table) => anyOver(table, branches),
    whyUnknown: (activity, actor) =>
      branches
        .filter((branch) => truthOf(branch, activity, actor) === 'unknown')
        .flatMap((branch) => branch.filter((one) => conditionTruth(one, activity, actor) === 'unknown'))
        .map(({ field }) => {
          const isKnown = field.get(activity, actor) !== undefined;
          return `${field.name} is ${isKnown ? 'not wholly' : 'not'} known`;
        }),
    problems,
  };
}

function conditionTruth(
  { field, truthOf }: Condition,
  activity: Activity,
  actor: WatchedProcess | null,
): Truth {
  return truthOf(findField(field, activity, actor));
}

function anyOver(table: ActivityTable, branches: readonly Branch[]): Truths {
  const [any = new Uint8Array(table.rows.length), ...others] = branches.map((branch) =>
    allOver(table, branch),
  );
  for (const all of others)
    for (let row = 0; row < any.length; row += 1) {
      any[row] = (any[row] as number) | (all[row] as number);
    }
  return any;
}

function allOver(table: ActivityTable, branch: Branch): Truths {
  const all = new Uint8Array(table.rows.length).fill(TRUTH.yes);
  for (const condition of branch) table.narrow(all, condition);
  return all;
}
