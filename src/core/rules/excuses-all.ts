import type { Activity, ActivityKind } from '../../model/activity.ts';
import { compileCondition, type Condition } from './condition.ts';
import { candidatesOf, sortsFor } from './contradictions.ts';
import { type Branch, branchesOf } from './match.ts';
import type { ActivityRule, Exception } from './pack.ts';

/**
 * The exception with which nothing is left that a rule could find, so that it passes whatever happens; -1: something is.
 * An exception that is for so many only (`maxCount`) leaves the rest. What cannot be decided is taken for narrower.
 */
export function whereAllIsExcused(rule: ActivityRule, exceptions: readonly Exception[]): number {
  const asked = branchesOf(rule.activity, rule.match).map((branch) => [...branch, ...targetOf(rule)]);
  const allowed = exceptions.map(({ match, maxCount }) =>
    maxCount === undefined ? branchesOf(rule.activity, match) : [],
  );
  if (asked.length === 0) return -1;
  const isAll = (count: number): boolean =>
    asked.every((branch) => isExcused(rule.activity, branch, allowed.slice(0, count).flat()));
  // Nearly always something is left.
  return isAll(allowed.length) ? allowed.findIndex((_, index) => isAll(index + 1)) : -1;
}

function targetOf({ activity, target }: ActivityRule): Condition[] {
  if (target === undefined) return [];
  const condition = compileCondition(activity, 'target', target.replaceAll(/[\\*?]/g, String.raw`\$&`));
  return 'truthOf' in condition ? [condition] : [];
}

/** Whether, of each sort of activity that is asked for, all are allowed. */
function isExcused(kind: ActivityKind, asked: Branch, allowed: readonly Branch[]): boolean {
  const broad = allowed.filter((branch) => branch.every((one) => isChoice(one) || holds(one, asked)));
  const sorts = sortsFor(kind, asked);
  if (sorts === null) return broad.length > 0;
  const isAllowed = (sort: Activity): boolean =>
    broad.some((branch) =>
      branch.filter(isChoice).every(({ field, truthOf }) => truthOf(field.get(sort, null)) === 'yes'),
    );
  return sorts.length > 0 && sorts.every(isAllowed);
}

const isChoice = ({ field }: Condition): boolean => field.choices.length > 0;

/** Whether a condition holds for everything that satisfies the others. */
function holds(condition: Condition, asked: Branch): boolean {
  const { key, values } = condition;
  const isSame = asked.some(
    (one) => one.key === key && JSON.stringify(one.values) === JSON.stringify(values),
  );
  return isSame || isAlwaysTrue(condition) || follows(condition, asked);
}

/** What is nearly always known: to ask whether it is says nothing. */
const KNOWN: ReadonlySet<string> = new Set([
  'exe',
  'process.name',
  'process.pid',
  'remote.ip',
  'remote.port',
]);
/** Texts that have little in common. */
const TEXTS = ['a', 'Z9', '/', '/usr/bin/x-1.2', './é', '127.0.0.1', ' ', '*', 'x'.repeat(300)];
const IPV4 = ['127.0.0.1', '10.1.2.3', '192.0.2.1', '172.16.5.6', '8.8.8.8', '255.255.255.255', '0.0.0.0'];
const IPV6 = ['::1', 'fe80::1', 'fd00::1', '2001:db8::1', 'ff02::fb', '9000::1'];

/** Whether a condition holds for whatever is known of its field, such as `*`, or of addresses for all of a family. */
function isAlwaysTrue({ field, comparison, values, truthOf }: Condition): boolean {
  if (comparison === 'exists') return values[0] === true && (field.isAlwaysKnown || KNOWN.has(field.name));
  const holdsFor = (all: readonly string[]): boolean => all.every((one) => truthOf(one) === 'yes');
  if (field.type === 'text') return holdsFor(TEXTS);
  return field.type === 'ip' && (holdsFor(IPV4) || holdsFor(IPV6));
}

/** Whether what is asked of a field leaves only values for which a condition holds. */
function follows(condition: Condition, asked: Branch): boolean {
  const { field, truthOf } = condition;
  const own = asked.filter((one) => one.field.name === field.name);
  const isNumber = field.type === 'number';
  if (own.length === 0 && !isNumber) return false;
  const candidates = candidatesOf(field, isNumber ? [...own, condition] : own) ?? [];
  const left = candidates.filter(
    (value) => (value !== null || own.length > 0) && own.every((one) => one.truthOf(value) !== 'no'),
  );
  return left.length > 0 && left.every((value) => truthOf(value) === 'yes');
}
